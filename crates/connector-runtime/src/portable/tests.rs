use serde_json::json;

use super::*;

fn of(property: Value) -> (Value, Vec<String>) {
    let portable = portable(&json!({ "type": "object", "properties": { "it": property } }));
    (portable.schema["properties"]["it"].clone(), portable.notes)
}

#[test]
fn keywords_that_some_clients_refuse_become_words() {
    for (property, expected) in [
        (
            json!({ "const": "daily", "description": "D." }),
            json!({ "type": "string", "enum": ["daily"], "description": "D." }),
        ),
        (
            json!({ "type": "string", "format": "uuid", "description": "The user." }),
            json!({ "type": "string", "description": "The user. A UUID." }),
        ),
        (
            json!({ "type": "string", "format": "date-time", "title": "When" }),
            json!({ "type": "string", "format": "date-time", "description": "When" }),
        ),
        (
            json!({ "type": "string", "description": "The folder", "x-picklist": "mail_folders" }),
            json!({ "type": "string", "description": "The folder. Choices: picklist `mail_folders`." }),
        ),
        (
            json!({
                "type": "string", "description": "Form.", "enum": ["html", "text"], "default": "html",
                "x-enum-descriptions": { "text": "Plain text." },
            }),
            json!({
                "type": "string", "enum": ["html", "text"],
                "description": "Form. `text`: Plain text. The default is `html`.",
            }),
        ),
        (
            json!({ "type": "boolean", "const": true }),
            json!({ "type": "boolean", "description": "The `it`. Always `true`." }),
        ),
        (
            json!({ "type": "array", "description": "L.", "maxItems": 3, "uniqueItems": true }),
            json!({ "type": "array", "description": "L.", "maxItems": 3, "items": { "anyOf": [
                { "type": "object" }, { "type": "array", "items": { "type": "object" } }, { "type": "string" },
                { "type": "number" }, { "type": "boolean" },
            ] } }),
        ),
    ] {
        let (converted, notes) = of(property.clone());
        assert_eq!(converted, expected, "{property}");
        assert_eq!(notes, Vec::<String>::new());
    }
}

#[test]
fn null_is_noted() {
    let (converted, notes) = of(json!({ "type": ["string", "null"], "enum": ["a", null], "description": "A." }));
    assert_eq!(converted, json!({ "type": "string", "enum": ["a"], "description": "A." }));
    assert_eq!(notes, ["`null` is accepted too for `it`."]);
    let (converted, notes) = of(json!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "null" }] }));
    assert_eq!(converted, json!({ "type": "integer", "minimum": 1, "description": "The `it`." }));
    assert_eq!(notes, ["`null` is accepted too for `it`."]);
}

#[test]
fn variants_are_any_of_them() {
    let (converted, _) = of(json!({ "description": "P.", "oneOf": [
        { "title": "Daily", "type": "object",
            "properties": { "type": { "const": "daily", "description": "T." } },
            "required": ["type"] },
        { "type": "string", "description": "Text." },
    ] }));
    assert_eq!(
        converted,
        json!({ "anyOf": [
            {
                "type": "object", "description": "P. Daily", "required": ["type"],
                "properties": { "type": { "type": "string", "enum": ["daily"], "description": "T." } },
            },
            { "type": "string", "description": "Text." },
        ] })
    );
}

#[test]
fn references_are_replaced_and_end() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": { "Node": {
            "type": "object", "description": "A node.",
            "properties": { "name": { "type": "string" }, "next": { "$ref": "#/$defs/Node" } },
        } },
        "type": "object",
        "properties": { "first": { "$ref": "#/$defs/Node", "description": "The first." } },
    });
    let portable = portable(&schema);
    let next = json!({ "type": "object", "description": "A node." });
    assert_eq!(
        portable.schema["properties"]["first"],
        json!({
            "type": "object", "description": "The first.",
            "properties": { "name": { "type": "string", "description": "The `name`." }, "next": next },
        })
    );
    assert_eq!(portable.notes, ["`first.next` has properties that are not shown."]);
    assert!(portable.schema.get("$defs").is_none() && portable.schema.get("$schema").is_none());
}

#[test]
fn what_lies_too_deep_is_an_open_object() {
    let mut schema = json!({ "type": "string", "description": "End." });
    for _ in 0..PORTABLE_DEPTH + 1 {
        schema = json!({ "type": "object", "description": "O.", "properties": { "o": schema } });
    }
    let portable = portable(&schema);
    let path = "/properties/o".repeat(PORTABLE_DEPTH);
    assert_eq!(portable.schema.pointer(&path), Some(&json!({ "type": "object", "description": "O." })));
    assert_eq!(portable.notes, ["`o.o.o.o.o` has properties that are not shown."]);
}

#[test]
fn one_input_is_shown_of_many() {
    let portable = portable(&json!({
        "type": "object", "description": "Deletes it.", "title": "Delete",
        "properties": {
            "id": { "type": "string", "title": "ID" }, "path": { "type": "string" },
            "items": { "x-bulk": true, "type": "array" }, "stopOnError": { "type": "boolean" },
        },
        "if": { "required": ["items"] }, "then": { "additionalProperties": false },
        "else": { "required": ["id"], "allOf": [{ "x-at-most-one": ["id", "path"], "not": {} }] },
        "dependentRequired": { "stopOnError": ["items"] },
    }));
    assert_eq!(
        portable.schema,
        json!({
            "type": "object", "description": "Deletes it.", "required": ["id"],
            "properties": {
                "id": { "type": "string", "description": "ID" },
                "path": { "type": "string", "description": "The `path`." },
            },
        })
    );
    assert_eq!(portable.notes.len(), 1);
    assert!(portable.notes[0].contains("`id`") && portable.notes[0].contains("`path`"), "{:?}", portable.notes);
}

#[test]
fn the_variants_of_a_whole_input_become_one_object() {
    let variant = |name: &str| {
        json!({
            "type": "object", "required": ["kind", name],
            "properties": { "kind": { "type": "string" }, name: { "type": "string" } },
        })
    };
    let portable = portable(&json!({ "oneOf": [variant("a"), variant("b")] }));
    assert_eq!(portable.schema["required"], json!(["kind"]));
    let names: Vec<&String> = portable.schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["kind", "a", "b"]);
    assert_eq!(portable.notes.len(), 1);
}

#[test]
fn the_connection_comes_first() {
    let portable =
        portable(&json!({ "properties": { "id": { "type": "string" } }, "required": ["id"] })).with_connection();
    let names: Vec<&String> = portable.schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["connection", "id"]);
    assert_eq!(portable.schema["required"], json!(["id"]));
}
