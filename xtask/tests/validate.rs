//! Each kind of mistake is found, at its place.

use std::path::Path;

use serde_json::{Value, json};
use xtask::checkout::Checkout;
use xtask::validate::validate;

fn action() -> Value {
    json!({
        "name": "get_thing", "connector": "shop", "title": "Get thing", "effect": "read", "list": false,
        "scopes": { "delegated": ["Thing.Read"], "application": null },
        "input": {
            "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "title": "Get thing", "description": "Read a thing.",
            "properties": { "size": { "title": "Size", "type": "integer", "minimum": 1, "description": "The size." } },
            "required": ["size"], "additionalProperties": false, "examples": [{ "size": 3 }]
        },
        "output": { "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "title": "Get thing" }
    })
}

fn connector() -> Value {
    json!({
        "name": "shop", "title": "Shop", "about": "Things.",
        "connection": {
            "signIns": [{ "method": "device_code", "permissions": { "minimum": [], "default": ["Thing.Read"], "optional": [] } }],
            "accountTypes": [{ "accountType": "common", "label": "Common" }]
        },
        "actions": ["get_thing"], "triggers": [], "picklists": []
    })
}

// Writes a connector, validates it and returns the findings as `file#/pointer`.
fn findings(connector: &Value, action: &Value) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let checkout = Checkout::at(folder.path());
    checkout.write("shop/connector.json", &connector.to_string()).unwrap();
    checkout.write("shop/actions/get_thing.json", &action.to_string()).unwrap();
    let report = validate(folder.path()).unwrap();
    assert_eq!(report.files, 2);
    let place = |file: &Path| file.strip_prefix(folder.path()).unwrap().display().to_string();
    report.findings.iter().map(|finding| format!("{}#{}", place(&finding.file), finding.pointer)).collect()
}

fn with(mut document: Value, pointer: &str, value: Value) -> Value {
    match document.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            document.pointer_mut(parent).unwrap()[name] = value;
        }
    }
    document
}

fn without(mut document: Value, parent: &str, name: &str) -> Value {
    document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    document
}

#[test]
fn a_good_connector_passes() {
    assert_eq!(findings(&connector(), &action()), [""; 0]);
}

#[test]
fn mistakes_in_an_action() {
    let size = "/input/properties/size";
    let cases = [
        (without(action(), size, "description"), "/input/properties/size"),
        (without(action(), size, "title"), "/input/properties/size"),
        (with(action(), "/input/properties/size/type", json!("integr")), "/input/properties/size/type"),
        (with(action(), "/input/properties/size/pattern", json!("(")), "/input/properties/size/pattern"),
        (with(action(), "/input/properties/size/default", json!(0)), "/input/properties/size/default"),
        (with(action(), "/input/examples/0/size", json!(0)), "/input/examples/0/size"),
        (with(action(), "/input/examples/0", json!({})), "/input/examples/0/size"),
        (with(action(), "/input/additionalProperties", json!(true)), "/input"),
        (with(action(), "/input/properties/size/x-picklist", json!("sizes")), "/input/properties/size/x-picklist"),
        (with(action(), "/input/$schema", json!("http://json-schema.org/draft-07/schema#")), "/input/$schema"),
        (with(action(), "/output/type", json!("array")), "/output/type"),
        (with(action(), "/name", json!("fetch_thing")), "/name"),
        (with(action(), "/connector", json!("store")), "/connector"),
        (with(action(), "/effect", json!("explode")), "/effect"),
        (with(action(), "/list", json!(true)), "/output/properties/items"),
        // A space joins those that are needed together; a comma is no part of a name.
        (with(action(), "/scopes/delegated/0", json!("Read.All, Things.Read")), "/scopes/delegated/0"),
        (with(action(), "/extra", json!(1)), "/extra"),
        (without(action(), "/scopes", "application"), "/scopes/application"),
        (without(action(), "", "output"), "/output"),
        (with(action(), "/event", json!({ "type": "object" })), "/event"),
    ];
    for (document, pointer) in cases {
        let found = findings(&connector(), &document);
        let expected = format!("shop/actions/get_thing.json#{pointer}");
        assert!(found.contains(&expected), "{expected} is not among {found:?}");
    }
}

#[test]
fn mistakes_in_a_connector() {
    let cases = [
        (with(connector(), "/actions", json!([])), "/actions"),
        (with(connector(), "/triggers", json!(["new_thing"])), "/triggers/0"),
        (with(connector(), "/connection/signIns/0/method", json!("password")), "/connection/signIns/0/method"),
        (
            with(connector(), "/connection/signIns/0/permissions/default/0", json!("?")),
            "/connection/signIns/0/permissions/default/0",
        ),
        (with(connector(), "/name", json!("The Shop")), "/name"),
        (without(connector(), "", "about"), "/about"),
    ];
    for (document, pointer) in cases {
        let found = findings(&document, &action());
        let expected = format!("shop/connector.json#{pointer}");
        assert!(found.contains(&expected), "{expected} is not among {found:?}");
    }
}

#[test]
fn a_single_file_and_what_is_no_json() {
    let folder = tempfile::tempdir().unwrap();
    let checkout = Checkout::at(folder.path());
    checkout.write("anything.json", &action().to_string()).unwrap();
    assert_eq!(validate(&checkout.path("anything.json")).unwrap().findings, []);
    checkout.write("input.json", &action()["input"].to_string()).unwrap();
    assert_eq!(validate(&checkout.path("input.json")).unwrap().findings, []);
    checkout.write("broken.json", "{").unwrap();
    assert_eq!(validate(folder.path()).unwrap().findings.len(), 1);
    assert!(validate(&checkout.path("missing")).is_err());
    checkout.write("empty/readme.txt", "").unwrap();
    assert!(validate(&checkout.path("empty")).is_err(), "nothing was checked, so nothing is valid");
}
