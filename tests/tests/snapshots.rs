//! The artifacts that callers and readers see, as snapshots: the schemas of a few actions of each kind, and how the
//! pages of the reference begin. `schemas/` and `docs/connectors/` hold all of them; these are the ones to review.

use insta::{assert_json_snapshot, assert_snapshot};
use tenon_tests::connectors;

/// An action with a rule, one of many at once, a list, one with files, one that cannot be undone.
const ACTIONS: [&str; 5] = [
    "outlook.move_email",
    "outlook.create_contact",
    "entra.list_group_members",
    "graph.upload_file",
    "entra.permanently_delete_user",
];

#[test]
fn inputs_of_actions() {
    let connectors = connectors();
    for name in ACTIONS {
        let (connector, action) = name.split_once('.').unwrap();
        let connector = connectors.iter().find(|it| it.name == connector).unwrap();
        let action = connector.find_action(action).unwrap_or_else(|| panic!("{name}"));
        assert_json_snapshot!(name, action.input_schema());
    }
}

#[test]
fn heads_of_reference_pages() {
    for connector in connectors() {
        let path = format!("{}/../docs/connectors/{}.md", env!("CARGO_MANIFEST_DIR"), connector.name);
        let page = std::fs::read_to_string(path).unwrap();
        let head: Vec<&str> = page.lines().take(12).collect();
        assert_snapshot!(format!("page-{}", connector.name), head.join("\n"));
    }
}
