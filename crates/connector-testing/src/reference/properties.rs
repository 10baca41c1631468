//! The rows of a property table: one for each property, nested ones by dotted path.

use connector_sdk::graph_type::{GRAPH_TYPE, KNOWN_VALUES};
use serde_json::{Map, Value};

use super::markdown::{code, codes};

/// One property.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Dotted, with `[]` behind a list: `attachments[].name`.
    pub(super) path: String,
    pub(super) kind: String,
    pub(super) required: bool,
    pub(super) default: String,
    pub(super) bounds: String,
    pub(super) description: String,
}

/// What becomes of types of Graph: in outputs they are linked, because the same ones stand in many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Types {
    /// They are written out.
    InPlace,
    /// They are linked.
    Linked,
}

/// The rows of an object's properties.
pub(super) fn rows(schema: &Map<String, Value>, types: Types) -> Vec<Row> {
    let mut rows = Vec::new();
    inside(one(schema), "", types, &mut rows);
    rows
}

/// The schema of one, where it is of one or of many: the fates of many are the same everywhere, and one sentence says
/// it.
pub(super) fn one(schema: &Map<String, Value>) -> &Map<String, Value> {
    match (schema.get("x-bulk"), schema.get("anyOf").and_then(|all| all.get(0)).and_then(Value::as_object)) {
        (Some(_), Some(one)) => one,
        _ => schema,
    }
}

/// The type of Graph that it is, or refers to.
pub(super) fn graph_type(schema: &Map<String, Value>) -> Option<&str> {
    let referred = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix("#/$defs/"));
    referred.or_else(|| schema.get(GRAPH_TYPE).and_then(Value::as_str).filter(|_| schema.contains_key("properties")))
}

fn object(schema: &Map<String, Value>, at: &str, types: Types, rows: &mut Vec<Row>) {
    // With many inputs at once, nothing stands beside them; what is required of one stands under `else`.
    let requires = schema.get("required").or_else(|| schema.get("else").and_then(|one| one.get("required")));
    let required = |name: &str| requires.and_then(Value::as_array).is_some_and(|names| names.iter().any(|n| n == name));
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        let Value::Object(property) = property else {
            rows.push(Row { path, kind: "any".into(), required: required(name), ..Row::default() });
            continue;
        };
        rows.push(Row {
            path: path.clone(),
            kind: kind(property, types),
            required: required(name),
            default: property.get("default").map(|value| code(&value.to_string())).unwrap_or_default(),
            bounds: bounds(property),
            description: description(property),
        });
        // A file has the same three forms everywhere; one word in the type column says it.
        if !property.contains_key("x-file") && !property.contains_key("x-bulk") {
            inside(property, &path, types, rows);
        }
    }
}

// What stands below a property: the object itself, a list's items, a map's values, each alternative.
fn inside(schema: &Map<String, Value>, at: &str, types: Types, rows: &mut Vec<Row>) {
    if types == Types::Linked && !at.is_empty() && graph_type(schema).is_some() {
        return;
    }
    object(schema, at, types, rows);
    for (key, suffix) in [("items", "[]"), ("additionalProperties", ".*")] {
        if let Some(Value::Object(inner)) = schema.get(key)
            && !inner.contains_key("x-file")
        {
            inside(inner, &format!("{at}{suffix}"), types, rows);
        }
    }
    for alternative in alternatives(schema) {
        let mut found = Vec::new();
        inside(alternative, at, types, &mut found);
        for row in found {
            if !rows.iter().any(|known| known.path == row.path) {
                rows.push(Row { required: false, ..row });
            }
        }
    }
}

fn alternatives(schema: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    ["anyOf", "oneOf", "allOf"]
        .into_iter()
        .filter_map(|key| schema.get(key)?.as_array())
        .flatten()
        .filter_map(Value::as_object)
}

fn kind(schema: &Map<String, Value>, types: Types) -> String {
    if schema.contains_key("x-file") {
        return "file".into();
    }
    if schema.contains_key("x-secret") {
        return "secret".into();
    }
    if let (Types::Linked, Some(name)) = (types, graph_type(schema)) {
        return super::types::link(name);
    }
    let mut kinds: Vec<String> = match schema.get("type") {
        Some(Value::String(one)) => vec![named(one, schema, types)],
        Some(Value::Array(many)) => many
            .iter()
            .filter_map(Value::as_str)
            .filter(|kind| *kind != "null")
            .map(|kind| named(kind, schema, types))
            .collect(),
        _ => Vec::new(),
    };
    if kinds.is_empty() {
        let some = alternatives(schema).filter(|inner| inner.get("type").is_none_or(|kind| kind != "null"));
        kinds = some.map(|inner| kind(inner, types)).collect();
        kinds.dedup();
    }
    if kinds.is_empty() {
        let value = schema.get("const").or_else(|| schema.get("enum")?.get(0));
        kinds.push(if value.is_some_and(Value::is_string) { "string".into() } else { "any".into() });
    }
    kinds.join(" or ")
}

fn named(kind: &str, schema: &Map<String, Value>, types: Types) -> String {
    match (kind, schema.get("items"), schema.get("additionalProperties")) {
        ("array", Some(Value::Object(items)), _) => format!("list of {}", self::kind(items, types)),
        ("array", ..) => "list".into(),
        ("object", _, Some(Value::Object(values))) => format!("map to {}", self::kind(values, types)),
        _ => kind.to_owned(),
    }
}

fn bounds(schema: &Map<String, Value>) -> String {
    let mut found = Vec::new();
    let choices: Vec<String> = choices(schema).iter().map(plain).collect();
    if !choices.is_empty() {
        found.push(codes(&choices));
    }
    found.extend(range(schema, "minimum", "maximum", ""));
    found.extend(range(schema, "minLength", "maxLength", " characters"));
    found.extend(range(schema, "minItems", "maxItems", " items"));
    if let Some(step) = schema.get("multipleOf") {
        found.push(format!("a multiple of {step}"));
    }
    if let Some(format) = schema.get("format").and_then(Value::as_str) {
        found.push(format!("format {}", code(format)));
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        found.push(format!("pattern {}", code(pattern)));
    }
    if let Some(picklist) = schema.get("x-picklist").and_then(Value::as_str) {
        found.push(format!("picklist {}", code(picklist)));
    }
    if let Some(dynamic) = schema.get("x-dynamic-schema").and_then(Value::as_str) {
        found.push(format!("dynamic schema {}", code(dynamic)));
    }
    if let Some(Value::Object(items)) = schema.get("items") {
        let inner = bounds(items);
        if !inner.is_empty() {
            found.push(format!("each: {inner}"));
        }
    }
    found.join("; ")
}

fn choices(schema: &Map<String, Value>) -> Vec<Value> {
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return choices.iter().filter(|choice| !choice.is_null()).cloned().collect();
    }
    if let Some(only) = schema.get("const") {
        return vec![only.clone()];
    }
    // Variants that are described one by one.
    alternatives(schema).flat_map(choices).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

// The text, and what each choice means, or which values are known.
fn description(schema: &Map<String, Value>) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let choices: Vec<(&String, &Value)> =
        schema.get("x-enum-descriptions").and_then(Value::as_object).into_iter().flatten().collect();
    let known = schema.get(KNOWN_VALUES).or_else(|| schema.get("items")?.get(KNOWN_VALUES)).and_then(Value::as_array);
    let mut all = text.to_owned();
    if let Some(known) = known.filter(|known| known.len() > choices.len()) {
        let known: Vec<String> = known.iter().map(plain).collect();
        all += &format!(" Known: {}.", codes(&known));
    }
    for (choice, meaning) in choices {
        all += &format!(" {}: {}", code(choice), meaning.as_str().unwrap_or_default());
    }
    all.trim_start().to_owned()
}

fn range(schema: &Map<String, Value>, min: &str, max: &str, unit: &str) -> Option<String> {
    match (schema.get(min), schema.get(max)) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}{unit}")),
        (Some(min), None) => Some(format!("at least {min}{unit}")),
        (None, Some(max)) => Some(format!("at most {max}{unit}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nested_properties_come_by_dotted_path() {
        let schema = json!({
            "properties": {
                "to": { "type": "array", "maxItems": 5, "description": "Who.", "items": {
                    "type": "object", "required": ["address"],
                    "properties": { "address": { "type": "string", "format": "email" }, "kind": { "enum": ["a", "b"] } } } },
                "labels": { "type": ["object", "null"], "additionalProperties": { "type": "string" } },
                "body": { "x-file": true, "type": "object", "properties": { "text": { "type": "string" } } },
                "when": { "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "null" }], "default": 1 }
            },
            "required": ["to"]
        });
        let rows = rows(schema.as_object().unwrap(), Types::InPlace);
        let shown: Vec<String> = rows
            .iter()
            .map(|row| format!("{} {} {} {} {}", row.path, row.kind, row.required, row.default, row.bounds))
            .collect();
        assert_eq!(
            shown,
            [
                "to list of object true  at most 5 items",
                "to[].address string true  format `email`",
                "to[].kind string false  `a`, `b`",
                "labels map to string false  ",
                "body file false  ",
                "when integer false `1` ",
            ]
        );
    }

    #[test]
    fn a_type_of_graph_is_linked_in_an_output() {
        let schema = json!({ "properties": {
            "items": { "type": "array", "items": { "x-graph-type": "user", "type": "object", "properties": { "id": { "type": "string" } } } },
            "by": { "description": "Who.", "anyOf": [{ "$ref": "#/$defs/identitySet" }, { "type": "null" }] },
            "role": { "type": "string", "x-known-values": ["a", "b"] }
        } });
        let rows = rows(schema.as_object().unwrap(), Types::Linked);
        let shown: Vec<String> =
            rows.iter().map(|row| format!("{} {} {}", row.path, row.kind, row.description)).collect();
        let expected = [
            "items list of [`user`](graph-types.md#user) ",
            "by [`identitySet`](graph-types.md#identityset) Who.",
            "role string Known: `a`, `b`.",
        ];
        assert_eq!(shown, expected);
    }
}
