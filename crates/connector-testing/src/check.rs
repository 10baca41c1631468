//! Every check of a connector that has a crate of its own.

use std::collections::BTreeSet;
use std::path::Path;

use connector_sdk::Connector;

use crate::Failures;
use crate::checkout::Checkout;
use crate::contracts;
use crate::descriptor::Description;
use crate::generated::{Difference, Mode};
use crate::listed::{Kind, listed};
use crate::play;
use crate::transcript::{self, Case};

/// Environment variable that asks for transcripts to be rewritten as what happened.
const UPDATE: &str = "UPDATE_TRANSCRIPTS";

/// Checks a connector whose crate is in `root`: all contracts, its transcripts in `tests/transcripts/`, and its
/// descriptors in `schemas/`.
///
/// # Errors
/// All that is not right, each in a sentence that says what to do.
pub fn check(connector: &Connector, root: impl AsRef<Path>) -> Result<(), Failures> {
    let root = root.as_ref();
    let mut found: Vec<String> = contracts::ALL.iter().flat_map(|contract| contract(connector)).collect();
    match transcript::cases(root) {
        Ok(cases) => {
            // One in the folder of no connector is a mistake too.
            found.extend(cases.iter().filter_map(|case| transcript_of(case, std::slice::from_ref(connector))));
            found.extend(untested(connector, &cases));
        }
        Err(error) => found.push(error.to_string()),
    }
    found.extend(outdated(connector, root));
    Failures::none(found)
}

/// Plays a transcript with whichever of `connectors` it is about. Nothing: it is what happens.
pub fn transcript_of(case: &Case, connectors: &[Connector]) -> Option<String> {
    let lines = differences(case, connectors);
    (!lines.is_empty()).then(|| format!("{}\n    {}", case.name(), lines.join("\n    ")))
}

fn differences(case: &Case, connectors: &[Connector]) -> Vec<String> {
    let transcript = match &case.transcript {
        Ok(transcript) => transcript,
        Err(error) => return vec![error.clone()],
    };
    let connector = connectors.iter().find(|connector| connector.name == case.connector);
    let action = connector.and_then(|it| it.find_action(&case.action)).map(|action| play::play(action, transcript));
    let played = action.or_else(|| {
        let trigger = connector.and_then(|it| it.find_trigger(&case.action))?;
        Some(play::play_trigger(trigger, transcript))
    });
    let played = played.or_else(|| {
        let picklist = connector.and_then(|it| it.find_picklist(&case.action))?;
        Some(play::play_picklist(picklist, transcript))
    });
    let Some(played) = played else {
        return vec![format!("there is no action, trigger or picklist {}.{}", case.connector, case.action)];
    };
    let mut lines = play::differences(transcript, &played);
    if played.left_over > 0 && lines.is_empty() {
        lines.push(format!("{} responses were not asked for", played.left_over));
    }
    if lines.is_empty() {
        return lines;
    }
    if std::env::var_os(UPDATE).is_none() {
        lines.push(format!("If the new behaviour is right, {UPDATE}=1 writes it to the file."));
        return lines;
    }
    match case.write(&play::rewrite(transcript, &played)) {
        Ok(()) => vec![format!("was rewritten; read the change before you keep it\n    {}", lines.join("\n    "))],
        Err(error) => vec![error.to_string()],
    }
}

/// Names the actions, triggers and picklists of a connector that no transcript shows to work, or none to fail.
pub fn untested(connector: &Connector, cases: &[Case]) -> Vec<String> {
    let shown = |fails: bool| -> BTreeSet<&str> {
        let own = cases.iter().filter(|case| case.connector == connector.name);
        let shows = |case: &&Case| case.transcript.as_ref().is_ok_and(|it| it.error.is_some() == fails);
        own.filter(shows).map(|case| case.action.as_str()).collect()
    };
    let (works, fails) = (shown(false), shown(true));
    let mut found = Vec::new();
    for thing in listed(connector).iter().filter(|thing| thing.kind != Kind::DynamicSchema) {
        let folder = format!("tests/transcripts/{}/{}/", connector.name, thing.spec.name);
        if !works.contains(thing.spec.name) {
            found.push(format!("{thing}: no transcript in {folder} has an `output`"));
        }
        // A trigger that is refused polls again; what fails is its input.
        if thing.kind != Kind::Trigger && !fails.contains(thing.spec.name) {
            found.push(format!("{thing}: no transcript in {folder} has an `error`, such as what is not found"));
        }
    }
    found
}

fn outdated(connector: &Connector, root: &Path) -> Vec<String> {
    let made = Description::of(connector).and_then(|description| crate::schemas::generated(&[description]));
    let differences = made.and_then(|made| made.sync(&Checkout::at(root), Mode::Check));
    match differences {
        Ok(differences) => differences.iter().map(told).collect(),
        Err(error) => vec![format!("the descriptors cannot be made: {error}")],
    }
}

fn told(difference: &Difference) -> String {
    format!("{difference}; run `cargo xtask schemas`")
}
