//! The description in OpenAPI 3.0, for tools that read no later version.
//!
//! Version 3.0 has a dialect of JSON Schema of its own. What it writes in another way is written so; what it cannot say
//! is left out, and the description of the schema says what that is. What a call takes and gives is the same.
//!
//! Rules between properties, such as that one of two is needed, are left out too, also where 3.0 could say them: who reads
//! 3.0 is a generator, which makes types of schemas, and no type has such a rule.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Keywords whose value is a schema.
const SCHEMA: [&str; 2] = ["items", "additionalProperties"];
/// Keywords whose value is a list of schemas.
const SCHEMAS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// Keywords that both versions have.
const KNOWN: &[&str] = &[
    "title",
    "multipleOf",
    "maximum",
    "minimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "enum",
    "description",
    "format",
    "default",
    "nullable",
    "readOnly",
    "writeOnly",
    "deprecated",
    "externalDocs",
    "example",
];

/// Returns the description in OpenAPI 3.0.
pub(super) fn of(mut document: Value) -> Value {
    document["openapi"] = json!("3.0.4");
    if let Some(info) = document["info"].as_object_mut() {
        let summary = info.remove("summary");
        let summary = summary.as_ref().and_then(Value::as_str).unwrap_or_default();
        let note =
            "This is OpenAPI 3.0: where a schema has rules that only 3.1 can express, its description names them.";
        info.insert("description".into(), format!("{summary} {note}").into());
    }
    // Version 3.0 knows no identifiers of licences.
    if let Some(license) = document["info"]["license"].as_object_mut() {
        license.remove("identifier");
    }
    for item in members(&mut document["paths"]) {
        members(item).for_each(operation);
    }
    let components = &mut document["components"];
    members(&mut components["schemas"]).for_each(convert);
    members(&mut components["headers"]).for_each(|header| convert(&mut header["schema"]));
    members(&mut components["responses"]).for_each(|response| contents(&mut response["content"]));
    document
}

fn members(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_object_mut().into_iter().flat_map(|members| members.values_mut())
}

fn operation(operation: &mut Value) {
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        convert(&mut parameter["schema"]);
    }
    if operation["parameters"].is_null()
        && let Some(operation) = operation.as_object_mut()
    {
        operation.remove("parameters");
    }
    if let Some(body) = operation.get_mut("requestBody") {
        one_media_type(body);
        contents(&mut body["content"]);
    }
    for response in members(&mut operation["responses"]) {
        if response.get("content").is_some() {
            contents(&mut response["content"]);
        }
    }
}

// Generators that read 3.0 alone take one media type for a body, and it is no range.
fn one_media_type(body: &mut Value) {
    let Some(content) = body["content"].as_object_mut() else { return };
    let with_files = content.remove("multipart/form-data").is_some();
    if let Some(any) = content.remove("*/*") {
        content.insert("application/octet-stream".into(), any);
        body["description"] = json!("The bytes, of any media type.");
    }
    if with_files {
        body["description"] = json!("Files may also come beside it, as the description in OpenAPI 3.1 shows.");
    }
}

fn contents(content: &mut Value) {
    for body in members(content) {
        match body.get_mut("schema") {
            Some(schema) => convert(schema),
            None => body["schema"] = json!({ "type": "string", "format": "binary" }),
        }
    }
}

/// Converts a schema.
fn convert(schema: &mut Value) {
    match schema {
        Value::Bool(true) => *schema = json!({}),
        Value::Bool(false) => *schema = json!({ "not": {} }),
        Value::Object(old) => *schema = Value::Object(converted(std::mem::take(old))),
        _ => {}
    }
}

fn converted(old: Map<String, Value>) -> Map<String, Value> {
    let mut new = Map::new();
    let mut lost: BTreeSet<String> = BTreeSet::new();
    let mut nullable = false;
    for (name, mut value) in old {
        match name.as_str() {
            // What stands beside a reference counts only where it is not beside it.
            "$ref" => add_to_all(&mut new, json!({ "$ref": value })),
            "type" => nullable |= put_type(&mut new, value),
            "const" if value.is_null() => {
                nullable = true;
                new.insert("enum".into(), json!([null]));
            }
            "const" => {
                new.insert("enum".into(), json!([value]));
            }
            "exclusiveMinimum" | "exclusiveMaximum" => {
                let bound = if name == "exclusiveMinimum" { "minimum" } else { "maximum" };
                new.insert(bound.into(), value);
                new.insert(name, true.into());
            }
            "examples" => {
                if let Some(first) = value.as_array().and_then(|all| all.first()) {
                    new.insert("example".into(), first.clone());
                }
            }
            "contentEncoding" if value == "base64" => {
                new.insert("format".into(), "byte".into());
            }
            "properties" => {
                members(&mut value).for_each(convert);
                new.insert(name, value);
            }
            // There is an `additionalProperties: false`, and it means the same.
            "additionalProperties" if value.is_boolean() => {
                new.insert(name, value);
            }
            one if SCHEMA.contains(&one) => {
                convert(&mut value);
                new.insert(name, value);
            }
            many if SCHEMAS.contains(&many) => {
                let all = value.as_array_mut().map(std::mem::take).unwrap_or_default();
                let (rules, choices): (Vec<Value>, Vec<Value>) = all.into_iter().partition(is_rule);
                lost.extend((!rules.is_empty()).then(|| many.to_owned()));
                nullable |= put_choices(&mut new, many, choices);
            }
            known if KNOWN.contains(&known) || known.starts_with("x-") => {
                new.insert(name, value);
            }
            "$comment" => {}
            _ => {
                lost.insert(name);
            }
        }
    }
    finished(new, nullable, lost)
}

// A schema that says how properties go together, and nothing of what they are.
fn is_rule(schema: &Value) -> bool {
    const OF_RULES: [&str; 9] = ["required", "properties", "not", "allOf", "anyOf", "oneOf", "if", "then", "else"];
    schema.as_object().is_some_and(|schema| {
        !schema.is_empty() && schema.keys().all(|name| OF_RULES.contains(&name.as_str()) || name.starts_with("x-"))
    })
}

fn finished(mut new: Map<String, Value>, nullable: bool, lost: BTreeSet<String>) -> Map<String, Value> {
    if new.get("enum").and_then(Value::as_array).is_some_and(|all| all.contains(&Value::Null)) || nullable {
        new.insert("nullable".into(), true.into());
    }
    if new.get("type").is_some_and(|kind| kind == "array") && !new.contains_key("items") {
        new.insert("items".into(), json!({}));
    }
    // A reference alone stands as it is.
    if let (1, Some([only])) = (new.len(), new.get("allOf").and_then(Value::as_array).map(Vec::as_slice))
        && let Some(only) = only.as_object().filter(|only| only.contains_key("$ref"))
    {
        return only.clone();
    }
    if !lost.is_empty() {
        let names: Vec<String> = lost.iter().map(|name| format!("`{name}`")).collect();
        let note = format!("Further rules stand in the description in OpenAPI 3.1: {}.", names.join(", "));
        let text = new.get("description").and_then(Value::as_str).map(|text| format!("{text} {note}"));
        new.insert("description".into(), text.unwrap_or(note).into());
    }
    new
}

fn add_to_all(new: &mut Map<String, Value>, schema: Value) {
    if let Value::Array(all) = new.entry("allOf").or_insert_with(|| json!([])) {
        all.push(schema);
    }
}

// Returns whether null is one of the types.
fn put_type(new: &mut Map<String, Value>, value: Value) -> bool {
    let types = match value {
        Value::Array(types) => types,
        one => vec![one],
    };
    let nullable = types.iter().any(|kind| kind == "null");
    let others: Vec<Value> = types.into_iter().filter(|kind| kind != "null").collect();
    match others.as_slice() {
        [] => {
            new.insert("enum".into(), json!([null]));
        }
        [one] => {
            new.insert("type".into(), one.clone());
        }
        several => {
            let of = |kind: &Value| match kind == "array" {
                true => json!({ "type": kind, "items": {} }),
                false => json!({ "type": kind }),
            };
            let choice = json!({ "anyOf": several.iter().map(of).collect::<Vec<_>>() });
            add_to_all(new, choice);
        }
    }
    nullable
}

// Returns whether null is a choice of its own.
fn put_choices(new: &mut Map<String, Value>, keyword: &str, choices: Vec<Value>) -> bool {
    if choices.is_empty() {
        return false;
    }
    let is_null = |choice: &Value| choice.get("type").is_some_and(|kind| kind == "null");
    let nullable = keyword != "allOf" && choices.iter().any(is_null);
    let mut others: Vec<Value> = choices.into_iter().filter(|choice| keyword == "allOf" || !is_null(choice)).collect();
    others.iter_mut().for_each(convert);
    // With one choice left, it is none.
    let alone = keyword == "allOf" || (nullable && others.len() == 1);
    if alone {
        others.into_iter().for_each(|other| add_to_all(new, other));
    } else {
        new.insert(keyword.to_owned(), others.into());
    }
    nullable
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(schema: Value) -> Value {
        let mut schema = schema;
        convert(&mut schema);
        schema
    }

    #[test]
    fn what_3_0_writes_in_another_way_is_written_so() {
        let reference = json!({ "$ref": "#/components/schemas/Rule" });
        for (schema, expected) in [
            (
                json!({ "type": ["string", "null"], "const": "a" }),
                json!({ "type": "string", "enum": ["a"], "nullable": true }),
            ),
            (json!({ "exclusiveMinimum": 0 }), json!({ "minimum": 0, "exclusiveMinimum": true })),
            (json!({ "examples": [1, 2] }), json!({ "example": 1 })),
            (json!({ "type": "string", "contentEncoding": "base64" }), json!({ "type": "string", "format": "byte" })),
            (json!(true), json!({})),
            (json!({ "type": "array" }), json!({ "type": "array", "items": {} })),
            (reference.clone(), reference.clone()),
            (
                json!({ "anyOf": [reference, { "type": "null" }], "description": "It." }),
                json!({ "allOf": [{ "$ref": "#/components/schemas/Rule" }], "description": "It.", "nullable": true }),
            ),
            (
                json!({ "type": ["string", "integer"] }),
                json!({ "allOf": [{ "anyOf": [{ "type": "string" }, { "type": "integer" }] }] }),
            ),
            (
                json!({ "properties": { "const": { "const": 1 } }, "additionalProperties": false }),
                json!({ "properties": { "const": { "enum": [1] } }, "additionalProperties": false }),
            ),
        ] {
            assert_eq!(written(schema.clone()), expected, "{schema}");
        }
    }

    #[test]
    fn what_3_0_cannot_say_is_named() {
        let schema = json!({
            "description": "A time.", "if": { "type": "string" }, "then": {}, "dependentRequired": {},
            "allOf": [{ "x-one-of": ["a", "b"], "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] }],
        });
        let note = "A time. Further rules stand in the description in OpenAPI 3.1: \
                    `allOf`, `dependentRequired`, `if`, `then`.";
        assert_eq!(written(schema), json!({ "description": note }));
    }

    #[test]
    fn a_body_has_one_media_type() {
        let mut document = json!({
            "info": { "summary": "S.", "license": { "name": "MIT", "identifier": "MIT" } },
            "paths": { "/a": { "post": { "requestBody": { "content": {
                "application/json": { "schema": { "type": ["object", "null"] } }, "multipart/form-data": {},
            } }, "responses": {} } } },
            "components": {},
        });
        document = of(document);
        let content = &document["paths"]["/a"]["post"]["requestBody"]["content"];
        assert_eq!(*content, json!({ "application/json": { "schema": { "type": "object", "nullable": true } } }));
        assert_eq!(document["info"]["license"], json!({ "name": "MIT" }));
    }
}
