//! Two versions of a connector.

mod shop;

use std::path::PathBuf;

use connector_schemas::{Level, Options, Sources, compare};
use proptest::prelude::*;
use serde_json::{Value, json};

use shop::{Folder, action, connector, with};

fn levels(old: &Folder, new: &Folder) -> Vec<(Option<Level>, &'static str)> {
    let report = compare(&old.sources(), &new.sources());
    report.findings.iter().map(|finding| (finding.level, finding.rule.id())).collect()
}

#[test]
fn what_is_removed_and_what_is_new() {
    let one = Folder::of(&connector(), &action());
    let two = Folder::of(&with(connector(), "/actions", json!(["get_thing", "find_thing"])), &action());
    two.write("shop/actions/find_thing.json", with(action(), "/name", json!("find_thing")).to_string());
    assert_eq!(levels(&one, &one), []);
    assert_eq!(levels(&one, &two), [(Some(Level::Compatible), "added")]);
    assert_eq!(levels(&two, &one), [(Some(Level::Breaking), "removed")]);
    let report = compare(&two.sources(), &one.sources());
    let finding = &report.findings[0];
    assert_eq!(finding.place.pointer, "/actions", "the list that lacks it");
    assert!(finding.old.as_ref().unwrap().file.ends_with("shop/actions/find_thing.json"));
    assert!(report.fails(false));
}

#[test]
fn a_finding_has_both_places() {
    let old = Folder::of(&connector(), &action());
    let new = Folder::of(&connector(), &with(action(), "/input/properties/size/minimum", json!(2)));
    let report = compare(&old.sources(), &new.sources());
    let [finding] = report.findings.as_slice() else { panic!("{:?}", report.findings) };
    let before = finding.old.as_ref().unwrap();
    assert_eq!(finding.message, "`minimum` of `size` was 1, and is 2");
    assert_eq!(finding.place.pointer, "/input/properties/size/minimum");
    assert_eq!(before.pointer, finding.place.pointer);
    assert!(before.file.starts_with(old.path()) && finding.place.file.starts_with(new.path()));
    assert!(before.position.is_some() && finding.place.position.is_some());
}

#[test]
fn single_files_are_meant_for_each_other() {
    let folder = Folder::new();
    let read = |name: &str, document: &Value| Sources::read(&[folder.write(name, document.to_string())]).unwrap();
    let input = action()["input"].clone();
    let (old, new) = (read("old.json", &input), read("new.json", &with(input, "/properties/size/minimum", json!(2))));
    assert_eq!(compare(&old, &new).findings.len(), 1);
    // A file that was named alone says nothing about the others of a folder.
    let whole = Folder::of(&connector(), &action());
    let alone = Sources::read(&[whole.path().join("shop/actions/get_thing.json")]).unwrap();
    assert_eq!(compare(&whole.sources(), &alone).findings, []);
}

#[test]
fn a_connector_is_the_same_in_a_folder_of_another_name() {
    let schema = action()["input"].clone();
    let (old, new) = (Folder::of(&connector(), &action()), Folder::new());
    old.write("shop/connection.json", schema.to_string());
    new.write("connector.json", connector().to_string());
    new.write("connection.json", schema.to_string());
    new.write("actions/get_thing.json", action().to_string());
    assert_eq!(levels(&old, &new), []);
}

#[test]
fn a_file_that_cannot_be_read_was_not_removed() {
    let old = Folder::of(&connector(), &action());
    let new = Folder::of(&connector(), &action());
    new.write("shop/actions/get_thing.json", "{");
    assert_eq!(levels(&old, &new), []);
}

#[test]
fn an_option_validates_and_compares() {
    let old = Folder::of(&connector(), &action());
    let new = Folder::of(&connector(), &with(action(), "/effect", json!("explode")));
    let options = Options { against: Some(old.path().to_owned()), ..Options::default() };
    let rules: Vec<&str> =
        options.check(&[new.path().to_owned()]).unwrap().findings.iter().map(|finding| finding.rule.id()).collect();
    assert_eq!(rules, ["descriptor-form", "effect-changed"]);
}

#[test]
fn the_schemas_of_this_repository_against_themselves() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas"));
    let sources = Sources::read(&[folder]).unwrap();
    assert_eq!(compare(&sources, &sources).findings, []);
}

// Schemas as descriptors have them, of any shape.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({})),
        (1..9i64, 0..9i64).prop_map(|(low, more)| json!({ "type": "integer", "minimum": low, "maximum": low + more })),
        (0..9u64).prop_map(|length| json!({ "type": ["string", "null"], "maxLength": length })),
        prop::collection::btree_set("[a-c]", 1..4).prop_map(|values| json!({ "enum": values })),
        Just(json!({ "type": "boolean", "const": true, "default": true })),
        Just(json!({ "type": "string", "format": "date", "x-picklist": "days" })),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|items| json!({ "type": "array", "items": items })),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({ "anyOf": all })),
            object(inner),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    (prop::collection::btree_map("[a-d]", inner, 0..4), any::<bool>(), any::<bool>()).prop_map(
        |(properties, closed, strict)| {
            let names: Vec<&String> = properties.keys().collect();
            let rule = json!({ "x-at-most-one": names });
            let required: Vec<&String> = if strict { names } else { Vec::new() };
            json!({
                "type": "object", "properties": properties, "required": required, "additionalProperties": !closed,
                "allOf": [rule]
            })
        },
    )
}

fn changes(old: Value, new: Value) -> Vec<connector_schemas::Finding> {
    let folder = Folder::new();
    let read = |name: &str, input: Value| {
        let document = json!({ "name": "a", "connector": "b", "input": input, "output": input });
        Sources::read(&[folder.write(name, document.to_string())]).unwrap()
    };
    compare(&read("old.json", old), &read("new.json", new)).findings
}

proptest! {
    #[test]
    fn a_schema_against_itself_has_no_finding(schema in schema()) {
        prop_assert_eq!(changes(schema.clone(), schema), []);
    }

    #[test]
    fn one_more_optional_property_is_compatible(schema in object(schema()), property in schema()) {
        let longer = with(schema.clone(), "/properties/new", property);
        let found = changes(schema, longer);
        prop_assert!(!found.is_empty());
        prop_assert!(found.iter().all(|finding| finding.level == Some(Level::Compatible)), "{:?}", found);
    }

    #[test]
    fn one_more_required_property_breaks_callers(schema in object(schema())) {
        let mut strict = with(schema.clone(), "/properties/new", json!({}));
        strict["required"].as_array_mut().unwrap().push("new".into());
        let breaking = changes(schema, strict).into_iter().find(|finding| finding.level == Some(Level::Breaking));
        prop_assert_eq!(breaking.map(|finding| finding.rule.id()), Some("input-required"));
    }
}
