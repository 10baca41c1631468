//! What `new` would write into this checkout. Nothing is written.

use std::path::Path;

use graph_metadata::{Model, Table};
use xtask::checkout::Checkout;
use xtask::scaffold::{self, ConnectorCrate, Draft, Kind, RequestLine};

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
    assert!(draft.changed["crates/graph-raw/src/vocabulary.rs"].contains("pub struct User {"));
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
        ("outlook", Some("mail"), "send_email", "lists the action send_email already"),
        ("outlook", Some("calendar"), "send_email", "lists the action send_email already"),
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
    let checkout = Checkout::find().unwrap();
    let raw = ConnectorCrate::of_project(&checkout, "graph_raw").unwrap();
    let make = |line: &str| from_request(Kind::Action, &checkout, &raw, line);
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

// What `new` would write for a request, into graph_raw or into a crate of its own.
fn from_request(kind: Kind, checkout: &Checkout, of: &ConnectorCrate, line: &str) -> Result<Draft, String> {
    let (model, table) = (Model::from_csdl(CSDL).unwrap(), Table::from_json(TABLE).unwrap());
    let line: RequestLine = line.parse().map_err(|error| format!("{error}"))?;
    scaffold::of_request(kind, checkout, of, None, "trial_run", &line, (&model, &table))
        .map_err(|error| error.to_string())
}

#[test]
fn a_trigger_is_made_from_the_list_that_it_polls() {
    let checkout = Checkout::find().unwrap();
    let raw = ConnectorCrate::of_project(&checkout, "graph_raw").unwrap();
    let make = |line: &str| from_request(Kind::Trigger, &checkout, &raw, line);
    let draft = make("GET /planner/plans/{plan-id}/tasks").unwrap();
    let source = &draft.created["crates/graph-raw/src/triggers/trial_run.rs"];
    for part in [
        "plan_id: String",
        "type Event = PlannerTask;",
        ".delegated(&[\"Tasks.Read\"]).application(&[\"Tasks.Read.All\"])",
        "recent::look_by(\"createdDateTime\", list, cursor, since, cx.now)",
        "json!({\"planId\":\"plan-1\"})",
    ] {
        assert!(source.contains(part), "{part} is missing in\n{source}");
    }
    assert!(draft.changed["crates/graph-raw/src/lib.rs"].contains(".trigger::<triggers::trial_run::TrialRun>()"));
    assert!(draft.changed["crates/graph-raw/src/triggers/mod.rs"].contains("pub mod trial_run;"));
    let polls = &draft.created["tests/transcripts/graph_raw/trial_run/second_poll.json"];
    assert!(polls.contains("/planner/plans/plan-1/tasks"), "{polls}");
    assert_eq!(draft.graph_type.as_deref(), Some("plannerTask"));
    for (line, why) in [
        ("GET /planner/plans", "a `plannerPlan` has no property that says when it was created"),
        ("GET /planner/tasks/{id}", "lists no objects"),
        ("PATCH /planner/tasks/{id}", "lists no objects"),
        ("GET /planner/plan", "did you mean `plans`?"),
    ] {
        let error = make(line).unwrap_err();
        assert!(error.contains(why), "{line}: {error}");
    }
}

#[test]
fn a_picklist_is_made_from_the_list_that_it_offers() {
    let checkout = Checkout::find().unwrap();
    let raw = ConnectorCrate::of_project(&checkout, "graph_raw").unwrap();
    let make = |line: &str| from_request(Kind::Picklist, &checkout, &raw, line);
    let draft = make("GET /planner/plans/{plan-id}/tasks").unwrap();
    let source = &draft.created["crates/graph-raw/src/picklists/trial_run.rs"];
    for part in [
        "plan_id: String",
        ".path_param(\"plan_id\", self.plan_id.as_str()).choices_by(ask, \"title\")",
        "Effect::Read).delegated(",
        "#[schemars(extend(\"examples\" = [json!({\"planId\":\"plan-1\"})]))]",
    ] {
        assert!(source.contains(part), "{part} is missing in\n{source}");
    }
    assert!(draft.changed["crates/graph-raw/src/lib.rs"].contains(".picklist::<picklists::trial_run::TrialRun>()"));
    let works = &draft.created["tests/transcripts/graph_raw/trial_run/works.json"];
    assert!(works.contains("\"label\": \"First\""), "{works}");
    let error = make("GET /planner/tasks/{id}").unwrap_err();
    assert!(error.contains("lists no objects: a picklist begins with the request of a list"), "{error}");
}

#[test]
fn what_is_first_begins_its_list() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("planner");
    let checkout = Checkout::find().unwrap();
    let (place, draft) = scaffold::standalone(&checkout, &out, "planner").unwrap();
    draft.write(&place).unwrap();
    assert!(!place.read("src/lib.rs").unwrap().contains("actions"), "a new connector lists nothing");
    let of = ConnectorCrate::standalone(&place).unwrap();
    let tasks = "GET /planner/plans/{plan-id}/tasks";
    from_request(Kind::Picklist, &place, &of, tasks).unwrap().write(&place).unwrap();
    let error = from_request(Kind::Trigger, &place, &of, tasks).unwrap_err();
    assert!(error.contains("has transcripts of something else that is called trial_run"), "{error}");
    scaffold::action(&place, &of, None, "get_me").unwrap().write(&place).unwrap();
    scaffold::action(&place, &of, None, "get_you").unwrap().write(&place).unwrap();
    let lib = place.read("src/lib.rs").unwrap();
    let list = "connections::spec())\n        // actions\n        .action::<actions::get_me::GetMe>()\n        \
                .action::<actions::get_you::GetYou>()\n        // picklists\n        \
                .picklist::<picklists::trial_run::TrialRun>()\n}\n";
    assert!(lib.contains(list), "{lib}");
    for module in ["actions", "connections", "picklists", "vocabulary"] {
        assert!(lib.contains(&format!("pub mod {module};\n")), "{module} is missing in {lib}");
    }
    let module = place.read("src/picklists/mod.rs").unwrap();
    assert!(module.starts_with("//! ") && module.ends_with("\n\npub mod trial_run;\n"), "{module}");
    assert_eq!(place.read("src/vocabulary.rs").unwrap().matches("pub struct User {").count(), 1);
}

#[test]
fn a_crate_of_its_own_is_refused_before_anything_is_written() {
    let checkout = Checkout::find().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let new = folder.path().join("new");
    for (out, name, why) in [
        (&new, "outlook", "there is a connector `outlook` already, in crates/outlook-connector: choose another name"),
        (&new, "graph_raw", "there is a connector `graph_raw` already, in crates/graph-raw"),
        (&file, "trial_run", "is a file: name a new folder"),
        (&checkout.path("crates/trial-run"), "trial_run", "would be a crate of this checkout"),
    ] {
        let error = scaffold::standalone(&checkout, out, name).unwrap_err().to_string();
        assert!(error.contains(why) && error.ends_with("Nothing was written"), "{name}: {error}");
    }
    let found: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(found, ["file"]);
}

#[test]
fn a_draft_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let place = Checkout::at(folder.path());
    place.write("list", "one\n").unwrap();
    // A file where the last of the draft needs a folder.
    place.write("taken", "").unwrap();
    let mut draft = Draft::default();
    draft.changed.insert("list".to_owned(), "one\ntwo\n".to_owned());
    draft.created.insert("new/file".to_owned(), String::new());
    draft.changed.insert("taken/file".to_owned(), String::new());
    let error = draft.write(&place).unwrap_err().to_string();
    assert!(error.contains("taken/file cannot be read"), "{error}");
    draft.changed.remove("taken/file");
    draft.created.insert("taken/file".to_owned(), String::new());
    let error = draft.write(&place).unwrap_err().to_string();
    assert!(error.contains("taken/file cannot be written") && error.ends_with("Nothing was written"), "{error}");
    assert_eq!(place.files("").unwrap(), ["list", "taken"]);
    assert_eq!(place.read("list").unwrap(), "one\n");
    draft.created.remove("taken/file");
    draft.write(&place).unwrap();
    assert_eq!(place.read("list").unwrap(), "one\ntwo\n");
}

#[test]
fn a_connector_can_have_a_crate_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("planner");
    let (place, draft) = scaffold::standalone(&Checkout::find().unwrap(), &out, "trial_run").unwrap();
    assert_eq!(place.root(), out);
    for file in ["Cargo.toml", "src/lib.rs", "xtask/src/main.rs", "tenon/src/main.rs", "Cargo.lock"] {
        assert!(draft.created.contains_key(file), "{file}");
    }
    for (file, text) in &draft.created {
        assert!(!text.contains("{{"), "{file} has an empty place in it");
    }
    assert!(draft.created["src/lib.rs"].contains("connector_testing::check(&crate::connector()"));
    // The checkout's own `tenon` may be in the same target folder.
    assert!(draft.created["tenon/Cargo.toml"].contains("name = \"trial-run-tenon\"\n"));
    let manifest = &draft.created["Cargo.toml"];
    let sdk = manifest.lines().find_map(|line| line.strip_prefix("connector-sdk = { path = \"")).unwrap();
    let sdk = out.join(sdk.split('"').next().unwrap());
    std::fs::create_dir_all(&out).unwrap();
    assert!(sdk.join("Cargo.toml").is_file(), "{}", sdk.display());

    std::fs::write(out.join("mine"), "").unwrap();
    let error = scaffold::standalone(&Checkout::find().unwrap(), Path::new(&out), "trial_run").unwrap_err();
    assert!(error.to_string().contains("holds something already"), "{error}");
}
