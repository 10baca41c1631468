//! Every transcript is played, and every action and trigger has one.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use tenon_tests::connectors;
use tenon_tests::play;
use tenon_tests::transcript::{Case, Transcript, cases};

/// Set, the transcripts are rewritten as what happened.
const UPDATE: &str = "UPDATE_TRANSCRIPTS";

#[test]
fn every_transcript_is_what_happens() {
    let connectors = connectors();
    let mut report = String::new();
    for case in cases() {
        let connector = connectors.iter().find(|c| c.name == case.connector);
        let play = |transcript: &Transcript| {
            let action = connector?.find_action(&case.action).map(|action| play::play(action, transcript));
            action.or_else(|| connector?.find_trigger(&case.action).map(|trigger| play::play_trigger(trigger, transcript)))
        };
        let lines = match case.transcript.as_ref().map(|transcript| (transcript, play(transcript))) {
            Err(error) => vec![error.clone()],
            Ok((_, None)) => vec![format!("there is no action or trigger {}.{}", case.connector, case.action)],
            Ok((transcript, Some(played))) => {
                let mut lines = play::differences(transcript, &played);
                if played.left_over > 0 && lines.is_empty() {
                    lines.push(format!("{} answers were not asked for", played.left_over));
                }
                if !lines.is_empty() && std::env::var_os(UPDATE).is_some() {
                    update(&case, &play::rewrite(transcript, &played));
                    lines = vec![format!("was rewritten; read the change before you keep it\n    {}", lines.join("\n    "))];
                }
                lines
            }
        };
        if !lines.is_empty() {
            let _ = writeln!(report, "{}\n    {}", case.name(), lines.join("\n    "));
        }
    }
    assert!(report.is_empty(), "\n{report}\nIf the new behaviour is right, {UPDATE}=1 writes it down.");
}

fn update(case: &Case, transcript: &Transcript) {
    let text = serde_json::to_string_pretty(transcript).expect("a transcript prints");
    fs::write(&case.file, text + "\n").expect("the transcript can be written");
}

#[test]
fn every_action_and_trigger_has_a_transcript_with_an_output() {
    let shown: BTreeSet<(String, String)> = cases()
        .into_iter()
        .filter(|case| case.transcript.as_ref().is_ok_and(|transcript| transcript.output.is_some()))
        .map(|case| (case.connector, case.action))
        .collect();
    let connectors = connectors();
    // What several connectors list is one thing, and is shown once.
    let listed: Vec<(&str, &str, &str)> = connectors
        .iter()
        .flat_map(|connector| {
            let actions = connector.actions.iter().map(|action| (connector.name, action.spec().name, action.source()));
            let triggers = connector.triggers.iter().map(|trigger| (connector.name, trigger.spec().name, trigger.source()));
            actions.chain(triggers)
        })
        .collect();
    let is_shown = |connector: &str, name: &str| shown.contains(&(connector.to_owned(), name.to_owned()));
    let sources: BTreeSet<&str> =
        listed.iter().filter(|(connector, name, _)| is_shown(connector, name)).map(|(.., source)| *source).collect();
    let missing: Vec<String> = listed
        .iter()
        .filter(|(.., source)| !sources.contains(source))
        .map(|(connector, name, _)| format!("tests/transcripts/{connector}/{name}/"))
        .collect();
    assert!(missing.is_empty(), "no transcript with an output in\n{}", missing.join("\n"));
}
