//! What `new` would write into this checkout. Nothing is written.

use std::path::Path;

use graph_metadata::{Model, Table};
use xtask::checkout::Checkout;
use xtask::scaffold::{self, ConnectorCrate, Draft, RequestLine};

fn action(connector: &str, subject: Option<&str>, name: &str) -> xtask::Result<Draft> {
    let checkout = Checkout::find()?;
    scaffold::action(&checkout, &ConnectorCrate::of_project(&checkout, connector)?, subject, name)
}

#[test]
fn a_connector_is_listed_wherever_connectors_are() {
    let draft = scaffold::connector(&Checkout::find().unwrap(), "trial_run").unwrap();
    assert_eq!(draft.package, "trial-run-connector");
    let added = [
        ("Cargo.toml", "trial-run-connector = { path = \"crates/trial-run-connector\" }"),
        ("xtask/Cargo.toml", "trial-run-connector.workspace = true"),
        ("xtask/src/connectors.rs", "trial_run_connector::connector()"),
        ("docs/ARCHITECTURE.md", "| `trial-run-connector` | Trial run. | `lib.rs` |"),
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
    let draft = action("graph_raw", None, "trial_run").unwrap();
    let created: Vec<&str> = draft.created.keys().map(String::as_str).collect();
    assert_eq!(
        created,
        [
            "crates/graph-raw/src/actions/trial_run.rs",
            "tests/transcripts/graph_raw/trial_run/not_found.json",
            "tests/transcripts/graph_raw/trial_run/reads_what_was_selected.json"
        ]
    );
    assert!(draft.changed["crates/graph-raw/src/lib.rs"].contains(".action::<actions::trial_run::TrialRun>()"));
    assert!(draft.changed["crates/graph-raw/src/actions/mod.rs"].contains("pub mod trial_run;"));
}

#[test]
fn an_action_goes_to_its_subject() {
    let draft = action("outlook", Some("calendar"), "trial_run").unwrap();
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
        let error = action(connector, subject, name).unwrap_err().to_string();
        assert!(error.contains(why), "{connector} {name}: {error}");
    }
    for name in ["outlook", "graph_raw", "My-Connector", ""] {
        assert!(scaffold::connector(&checkout, name).is_err(), "{name}");
    }
}

const CSDL: &str = include_str!("planner/csdl.xml");
const TABLE: &str = include_str!("planner/permissions.json");

#[test]
fn an_action_is_made_from_its_request() {
    let (model, table) = (Model::from_csdl(CSDL).unwrap(), Table::from_json(TABLE).unwrap());
    let make = |line: &str| {
        let line: RequestLine = line.parse().map_err(|error| format!("{error}"))?;
        let checkout = Checkout::find().unwrap();
        let raw = ConnectorCrate::of_project(&checkout, "graph_raw").unwrap();
        scaffold::action_of_request(&checkout, &raw, None, "trial_run", &line, (&model, &table))
            .map_err(|error| error.to_string())
    };
    let draft = make("PATCH /planner/tasks/{task-id}").unwrap();
    let source = &draft.created["crates/graph-raw/src/actions/trial_run.rs"];
    for part in [
        "task_id: String",
        "title: Option<String>",
        "preview_type: Edit<String>",
        "\"enum\" = [null, \"automatic\"]",
        ".delegated(&[\"Tasks.ReadWrite\"]).application(&[\"Tasks.ReadWrite.All\"])",
        "at_version(self.e_tag, read",
        "something_beside(&[\"taskId\", \"eTag\"])",
    ] {
        assert!(source.contains(part), "{part} is missing in\n{source}");
    }
    assert!(!source.contains("created_date_time"), "Graph sets it itself:\n{source}");
    let works = &draft.created["tests/transcripts/graph_raw/trial_run/works.json"];
    assert!(works.contains("\"if-match\"") && works.contains("/planner/tasks/task-1"), "{works}");

    for (line, why) in [
        ("PATCH /planer/tasks/{id}", "did you mean `planner`?"),
        ("PATCH planner/tasks", "write a method and a path"),
        ("/planner/tasks", "write a method and a path"),
        ("FETCH /planner/tasks", "write a method and a path"),
        ("PATCH /planner/tasks", "takes"),
        ("GET /planner/tasks/$count", "by hand"),
    ] {
        let error = make(line).unwrap_err();
        assert!(error.contains(why), "{line}: {error}");
    }
}

#[test]
fn a_connector_can_have_a_crate_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("planner");
    let (place, draft) = scaffold::standalone(&Checkout::find().unwrap(), &out, "trial_run").unwrap();
    assert_eq!(place.root(), out);
    for file in [
        "Cargo.toml",
        "src/lib.rs",
        "tests/connector.rs",
        "xtask/src/main.rs",
        "tenon/src/main.rs",
        "examples/sandbox.rs",
        "Cargo.lock",
    ] {
        assert!(draft.created.contains_key(file), "{file}");
    }
    for (file, text) in &draft.created {
        assert!(!text.contains("{{"), "{file} has an empty place in it");
    }
    let manifest = &draft.created["Cargo.toml"];
    let sdk = manifest.lines().find_map(|line| line.strip_prefix("connector-sdk = { path = \"")).unwrap();
    let sdk = out.join(sdk.split('"').next().unwrap());
    std::fs::create_dir_all(&out).unwrap();
    assert!(sdk.join("Cargo.toml").is_file(), "{}", sdk.display());

    std::fs::write(out.join("mine"), "").unwrap();
    let error = scaffold::standalone(&Checkout::find().unwrap(), Path::new(&out), "trial_run").unwrap_err();
    assert!(error.to_string().contains("holds something already"), "{error}");
}
