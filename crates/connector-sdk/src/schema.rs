//! Schemas: how types become JSON Schema, and the house style that every schema keeps.

use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value};

use crate::{Issue, graph_type};

/// The dialect of every schema.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of an input type.
pub fn input<T: JsonSchema>(title: &str) -> Value {
    of::<T>(Contract::Deserialize, title)
}

/// The schema of an output type.
///
/// What may be null may also be absent: Graph leaves out what it was not asked for, and an output is what
/// Graph sent.
pub fn output<T: JsonSchema>(title: &str) -> Value {
    let mut schema = of::<T>(Contract::Serialize, title);
    require_less(&mut schema);
    schema
}

fn require_less(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(require_less);
            let Some(Value::Object(properties)) = object.get("properties") else { return };
            let nullable: Vec<String> =
                properties.iter().filter(|(_, property)| admits_null(property)).map(|(name, _)| name.clone()).collect();
            if let Some(Value::Array(required)) = object.get_mut("required") {
                required.retain(|name| name.as_str().is_none_or(|name| !nullable.iter().any(|known| known == name)));
                if required.is_empty() {
                    object.shift_remove("required");
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(require_less),
        _ => {}
    }
}

fn admits_null(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind.as_str() == Some("null");
    let of_kind = schema.get("type").is_some_and(|kind| is_null(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is_null)));
    let choices = ["anyOf", "oneOf"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten();
    of_kind || choices.into_iter().any(admits_null)
}

fn of<T: JsonSchema>(contract: Contract, title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.contract = contract;
    });
    let mut schema = Value::from(settings.into_generator().into_root_schema_for::<T>());
    if let Value::Object(root) = &mut schema {
        root.insert("title".into(), title.into());
    }
    tidy(&mut schema);
    schema
}

// What the generator writes and a reader has no use for: names of number formats that are Rust's, line
// breaks that come from the width of a source file, choices that are spread over many subschemas.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(tidy);
            constants_to_enum(object);
            absorb_null(object);
            describe_tags(object);
            if let Some(Value::String(format)) = object.get("format")
                && ["uint", "uint8", "uint16", "uint32", "uint64", "int32", "int64", "double", "float"].contains(&format.as_str())
            {
                object.shift_remove("format");
            }
            if let Some(Value::String(text)) = object.get_mut("description") {
                *text = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect::<Vec<_>>().join("\n\n");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

// The property that tells the variants of a choice apart has no comment in the source.
fn describe_tags(object: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = object.get_mut("properties") else { return };
    for property in properties.values_mut().filter_map(Value::as_object_mut) {
        if let Some(value) = property.get("const").and_then(Value::as_str).map(str::to_owned) {
            property.entry("description").or_insert_with(|| format!("Says that it is this one: `{value}`.").into());
        }
    }
}

// `oneOf` of described constants becomes `enum`; what the constants mean is kept beside it.
fn constants_to_enum(object: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get("oneOf") else { return };
    let constant = |choice: &Value| {
        choice.get("type").and_then(Value::as_str).filter(|kind| *kind == "string").and_then(|_| choice.get("const").cloned())
    };
    let Some(values) = choices.iter().map(constant).collect::<Option<Vec<Value>>>() else { return };
    // "Low." says nothing about `low`.
    let telling = |(value, choice): (&Value, &Value)| {
        let text = choice.get("description").and_then(Value::as_str)?;
        let name = value.as_str()?;
        let bare = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        (bare(text) != bare(name)).then(|| (name.to_owned(), Value::from(text)))
    };
    let meanings: Map<String, Value> = values.iter().zip(choices).filter_map(telling).collect();
    object.shift_remove("oneOf");
    object.insert("type".into(), "string".into());
    object.insert("enum".into(), values.into());
    if !meanings.is_empty() {
        object.insert("x-enum-descriptions".into(), meanings.into());
    }
}

// "One of these, or null" becomes one enum with null in it.
fn absorb_null(object: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get("anyOf") else { return };
    let [Value::Object(choice), null] = choices.as_slice() else { return };
    if null.get("type").and_then(Value::as_str) != Some("null") || !choice.contains_key("enum") {
        return;
    }
    let mut choice = choice.clone();
    choice.insert("type".into(), serde_json::json!(["string", "null"]));
    if let Some(Value::Array(values)) = choice.get_mut("enum") {
        values.push(Value::Null);
    }
    object.shift_remove("anyOf");
    for (key, value) in choice {
        // The property's own description is nearer than its type's.
        object.entry(key).or_insert(value);
    }
}

/// Every breach of the house style in an input schema, with its place.
///
/// The rules: draft 2020-12; a root object with title and description; unknown properties refused at
/// every level; every property `camelCase` and described in sentences; no `$ref`; at least one example.
pub fn check_input(schema: &Value) -> Vec<Issue> {
    let mut issues = check(schema, true);
    if schema.get("examples").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        issues.push(Issue::new("/examples", "has no example; add one that works against the sandbox"));
    }
    issues
}

/// Every breach of the house style in the schema of an input that needs no example: a picklist's.
pub fn check_parameters(schema: &Value) -> Vec<Issue> {
    check(schema, true)
}

/// Every breach of the house style in an output schema: as for inputs, but open and without examples. Types of Graph may
/// stand under `$defs` and be referred to, and their properties need no sentence where the name says it all.
pub fn check_output(schema: &Value) -> Vec<Issue> {
    check(schema, false)
}

fn check(schema: &Value, closed: bool) -> Vec<Issue> {
    let mut issues = Vec::new();
    if schema.get("$schema").and_then(Value::as_str) != Some(DIALECT) {
        issues.push(Issue::new("/$schema", format!("is not {DIALECT}")));
    }
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        issues.push(Issue::new("/type", "is not \"object\": inputs and outputs are objects"));
    }
    if schema.get("title").and_then(Value::as_str).is_none_or(str::is_empty) {
        issues.push(Issue::new("/title", "is missing"));
    }
    if closed {
        described(schema, "", "the schema", &mut issues);
    }
    walk(schema, "", closed, &mut issues);
    if !closed {
        references(schema, schema, "", &mut issues);
        for (name, definition) in schema.get("$defs").and_then(Value::as_object).into_iter().flatten() {
            walk(definition, &format!("/$defs/{}", escape(name)), closed, &mut issues);
        }
    }
    issues
}

// Every reference leads to something in the same schema.
fn references(root: &Value, schema: &Value, at: &str, issues: &mut Vec<Issue>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(target)) = object.get("$ref")
                && target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)).is_none()
            {
                issues.push(Issue::new(format!("{at}/$ref"), format!("leads nowhere: {target}")));
            }
            object.iter().for_each(|(key, inner)| references(root, inner, &format!("{at}/{}", escape(key)), issues));
        }
        Value::Array(all) => all.iter().enumerate().for_each(|(i, inner)| references(root, inner, &format!("{at}/{i}"), issues)),
        _ => {}
    }
}

fn walk(schema: &Value, at: &str, closed: bool, issues: &mut Vec<Issue>) {
    let Value::Object(object) = schema else { return };
    if closed && object.contains_key("$ref") {
        issues.push(Issue::new(format!("{at}/$ref"), "refers elsewhere; subschemas stand where they are used"));
    }
    if let Some(Value::Object(properties)) = object.get("properties") {
        if closed && !refuses_unknown(object) {
            issues.push(Issue::new(at, "does not refuse unknown properties; add `#[serde(deny_unknown_fields)]`"));
        }
        for (name, property) in properties {
            let place = format!("{at}/properties/{}", escape(name));
            if closed && !is_camel_case(name) {
                issues.push(Issue::new(place.clone(), "is not camelCase"));
            }
            if !graph_type::is_known(object, name) {
                described(property, &place, name, issues);
            }
            walk(property, &place, closed, issues);
        }
    }
    for key in ["items", "additionalProperties", "not", "contains", "propertyNames"] {
        if let Some(inner) = object.get(key) {
            walk(inner, &format!("{at}/{key}"), closed, issues);
        }
    }
    for key in ["anyOf", "oneOf", "allOf", "prefixItems"] {
        for (i, inner) in object.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
            walk(inner, &format!("{at}/{key}/{i}"), closed, issues);
        }
    }
}

fn refuses_unknown(object: &Map<String, Value>) -> bool {
    ["additionalProperties", "unevaluatedProperties"]
        .iter()
        .any(|key| object.get(*key).is_some_and(|value| *value == Value::Bool(false) || value.is_object()))
}

fn described(schema: &Value, at: &str, name: &str, issues: &mut Vec<Issue>) {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default().trim();
    if text.is_empty() {
        issues.push(Issue::new(at, format!("`{name}` has no description")));
    } else if !text.ends_with(['.', '!', '?', '`', ')', ':']) {
        issues.push(Issue::new(format!("{at}/description"), format!("the description of `{name}` is not a sentence: it has no full stop")));
    }
}

fn is_camel_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '@')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '@' || c == '.')
}

/// A property name as a part of a JSON Pointer (RFC 6901).
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn choices_are_one_enum() {
        #[derive(serde::Deserialize, JsonSchema)]
        #[serde(rename_all = "lowercase")]
        #[allow(dead_code)]
        #[schemars(inline)]
        enum Size {
            /// Small.
            Small,
            /// Twice as large as small.
            Large,
        }
        #[derive(serde::Deserialize, JsonSchema)]
        #[allow(dead_code)]
        struct Input {
            /// The size.
            size: Size,
            /// The size of the box.
            other: Option<Size>,
        }
        let schema = input::<Input>("T");
        let meanings = json!({ "large": "Twice as large as small." });
        assert_eq!(
            schema["properties"]["size"],
            json!({ "description": "The size.", "type": "string", "enum": ["small", "large"], "x-enum-descriptions": meanings })
        );
        assert_eq!(
            schema["properties"]["other"],
            json!({ "description": "The size of the box.", "type": ["string", "null"], "enum": ["small", "large", null], "x-enum-descriptions": meanings })
        );
    }

    #[test]
    fn what_may_be_null_may_be_absent() {
        #[derive(serde::Serialize, JsonSchema)]
        struct Output {
            /// The id.
            id: String,
            /// The name.
            name: Option<String>,
        }
        let schema = output::<Vec<Output>>("T");
        assert_eq!(schema["items"]["required"], json!(["id"]));
    }

    #[test]
    fn each_breach_is_found_at_its_place() {
        let schema = json!({
            "type": "object", "title": "T", "description": "A thing.",
            "properties": {
                "snake_case": { "type": "string", "description": "Bad name." },
                "bare": { "type": "string" },
                "fragment": { "type": "string", "description": "no stop" },
                "nested": { "type": "array", "description": "Open inside.", "items": { "type": "object", "properties": { "x": { "$ref": "#/x", "description": "A reference." } } } }
            },
            "additionalProperties": false
        });
        let found: Vec<String> = check_input(&schema).into_iter().map(|issue| issue.pointer).collect();
        assert_eq!(
            found,
            [
                "/$schema",
                "/properties/snake_case",
                "/properties/bare",
                "/properties/fragment/description",
                "/properties/nested/items",
                "/properties/nested/items/properties/x/$ref",
                "/examples"
            ]
        );
    }
}
