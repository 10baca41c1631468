//! What `new` would write into this checkout. Nothing is written.

use xtask::checkout::Checkout;
use xtask::scaffold;

#[test]
fn a_connector_is_listed_wherever_connectors_are() {
    let draft = scaffold::connector(&Checkout::find().unwrap(), "trial_run").unwrap();
    assert_eq!(draft.package, "trial-run-connector");
    let added = [
        ("Cargo.toml", "trial-run-connector = { path = \"crates/trial-run-connector\" }"),
        ("xtask/Cargo.toml", "trial-run-connector.workspace = true"),
        ("xtask/src/connectors.rs", "trial_run_connector::connector()"),
        ("crates/tenon/Cargo.toml", "trial-run-connector.workspace = true"),
        ("crates/tenon/src/connectors.rs", "trial_run_connector::connector()"),
    ];
    assert_eq!(draft.changed.len(), added.len());
    for (file, line) in added {
        assert_eq!(draft.changed[file].matches(line).count(), 1, "{file}");
    }
    for (file, text) in &draft.created {
        assert!(!text.contains("{{"), "{file} has an empty place in it");
    }
}

#[test]
fn an_action_has_its_file_its_lines_and_a_transcript() {
    let draft = scaffold::action(&Checkout::find().unwrap(), "graph_raw", None, "trial_run").unwrap();
    let created: Vec<&str> = draft.created.keys().map(String::as_str).collect();
    assert_eq!(
        created,
        [
            "crates/graph-raw/src/actions/trial_run.rs",
            "tests/transcripts/graph_raw/trial_run/reads_what_was_selected.json"
        ]
    );
    assert!(draft.changed["crates/graph-raw/src/lib.rs"].contains(".action::<actions::trial_run::TrialRun>()"));
    assert!(draft.changed["crates/graph-raw/src/actions/mod.rs"].contains("pub mod trial_run;"));
}

#[test]
fn an_action_goes_to_its_subject() {
    let draft = scaffold::action(&Checkout::find().unwrap(), "outlook", Some("calendar"), "trial_run").unwrap();
    assert!(draft.created.contains_key("crates/outlook-connector/src/calendar/actions/trial_run.rs"));
    let list = &draft.changed["crates/outlook-connector/src/lib.rs"];
    assert!(list.contains(".action::<calendar::actions::trial_run::TrialRun>()"), "{list}");
    assert!(draft.changed["crates/outlook-connector/src/calendar/actions/mod.rs"].contains("pub mod trial_run;"));
}

#[test]
fn what_is_there_is_not_written_over() {
    let checkout = Checkout::find().unwrap();
    for (connector, subject, name, why) in [
        ("outlook", Some("mail"), "send_email", "lists an action send_email already"),
        ("outlook", Some("calendar"), "send_email", "lists an action send_email already"),
        ("outlook", Some("mail"), "Send", ""),
        ("outlook", Some("mail"), "../x", ""),
        ("outlook", None, "get_thing", "name one with --subject, of calendar, contacts, mail, settings"),
        ("outlook", Some("letters"), "get_thing", "name one with --subject"),
        ("graph_raw", Some("mail"), "get_thing", "leave --subject out"),
        ("nowhere", None, "get_thing", "there is no connector `nowhere`"),
    ] {
        let error = scaffold::action(&checkout, connector, subject, name).unwrap_err().to_string();
        assert!(error.contains(why), "{connector} {name}: {error}");
    }
    for name in ["outlook", "graph_raw", "My-Connector", ""] {
        assert!(scaffold::connector(&checkout, name).is_err(), "{name}");
    }
}
