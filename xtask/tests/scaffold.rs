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
    let draft = scaffold::action(&Checkout::find().unwrap(), "graph_raw", "trial_run").unwrap();
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
fn what_is_there_is_not_written_over() {
    let checkout = Checkout::find().unwrap();
    for (connector, name) in
        [("outlook", "send_email"), ("outlook", "Send"), ("outlook", "../x"), ("nowhere", "get_thing")]
    {
        assert!(scaffold::action(&checkout, connector, name).is_err(), "{connector} {name}");
    }
    for name in ["outlook", "graph_raw", "My-Connector", ""] {
        assert!(scaffold::connector(&checkout, name).is_err(), "{name}");
    }
}
