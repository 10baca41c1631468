//! Every transcript is played, and every action and trigger has one.

use std::collections::BTreeSet;
use std::fmt::Write;

use connector_testing::{Failures, transcript_of};
use tenon_tests::cases;
use tenon_tests::connectors;
use tenon_tests::play;

#[test]
fn every_transcript_is_what_happens() -> Result<(), Failures> {
    let connectors = connectors();
    Failures::none(cases().iter().filter_map(|case| transcript_of(case, &connectors)).collect())
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
            let triggers =
                connector.triggers.iter().map(|trigger| (connector.name, trigger.spec().name, trigger.source()));
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

/// Entries of a list as a stranger may send them.
const ODD: [&str; 4] = [
    "7",
    "{}",
    r#"{"id":null,"name":{"first":[]}}"#,
    r#"{"@odata.type":5,"error":true,"values":"x","startDateTime":"never"}"#,
];

/// Lists that mean something by how many there are: files of the transcripts, and why.
const COUNTED: [(&str, &str); 1] =
    [("send_email/key_finds_", "a key that several messages carry is an unknown outcome, whatever they are")];

#[test]
fn an_odd_entry_of_a_list_stops_no_action() {
    let connectors = connectors();
    let mut report = String::new();
    let mut played = 0;
    for case in cases() {
        let Some(action) =
            connectors.iter().find(|c| c.name == case.connector).and_then(|c| c.find_action(&case.action))
        else {
            continue;
        };
        let Ok(transcript) = &case.transcript else { continue };
        if transcript.output.is_none() || COUNTED.iter().any(|(name, _)| case.name().contains(name)) {
            continue;
        }
        for (at, exchange) in transcript.exchanges.iter().enumerate() {
            let list = exchange.response.body.as_ref().and_then(|body| body["value"].as_array());
            if list.is_none_or(|list| !list.iter().any(serde_json::Value::is_object)) {
                continue;
            }
            let mut odd = transcript.clone();
            if let Some(list) = odd.exchanges[at].response.body.as_mut().and_then(|body| body["value"].as_array_mut()) {
                list.extend(
                    ODD.iter()
                        .map(|text| serde_json::from_str::<serde_json::Value>(text).expect("an odd entry is JSON")),
                );
            }
            played += 1;
            if let Err(error) = play::play(action, &odd).end {
                let _ = writeln!(report, "{} /exchanges/{at}\n    {error:#}", case.name());
            }
        }
    }
    assert!(report.is_empty(), "\n{report}");
    assert!(played > 100, "{played} lists were played");
}
