//! Every transcript is played, and every action has one.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use connector_sdk::AnyAction;
use tenon_tests::connectors;
use tenon_tests::play;
use tenon_tests::transcript::{Case, cases};

/// Set, the transcripts are rewritten as what happened.
const UPDATE: &str = "UPDATE_TRANSCRIPTS";

#[test]
fn every_transcript_is_what_happens() {
    let connectors = connectors();
    let mut report = String::new();
    for case in cases() {
        let action = connectors.iter().find(|c| c.name == case.connector).and_then(|connector| connector.find_action(&case.action));
        let lines = match (&case.transcript, action) {
            (Err(error), _) => vec![error.clone()],
            (_, None) => vec![format!("there is no action {}.{}", case.connector, case.action)],
            (Ok(transcript), Some(action)) => {
                let played = play::play(action, transcript);
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

fn update(case: &Case, transcript: &tenon_tests::transcript::Transcript) {
    let text = serde_json::to_string_pretty(transcript).expect("a transcript prints");
    fs::write(&case.file, text + "\n").expect("the transcript can be written");
}

#[test]
fn every_action_has_a_transcript_with_an_output() {
    let shown: BTreeSet<(String, String)> = cases()
        .into_iter()
        .filter(|case| case.transcript.as_ref().is_ok_and(|transcript| transcript.output.is_some()))
        .map(|case| (case.connector, case.action))
        .collect();
    let connectors = connectors();
    let listed = || connectors.iter().flat_map(|connector| connector.actions.iter().map(move |action| (connector.name, action)));
    let is_shown = |connector: &str, action: &dyn AnyAction| shown.contains(&(connector.to_owned(), action.spec().name.to_owned()));
    // What several connectors list is one thing, and is shown once.
    let sources: BTreeSet<&str> = listed().filter(|(name, it)| is_shown(name, it.as_ref())).map(|(_, it)| it.source()).collect();
    let missing: Vec<String> = listed()
        .filter(|(_, action)| !sources.contains(action.source()))
        .map(|(connector, action)| format!("tests/transcripts/{connector}/{}/", action.spec().name))
        .collect();
    assert!(missing.is_empty(), "no transcript with an output in\n{}", missing.join("\n"));
}
