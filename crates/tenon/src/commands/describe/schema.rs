//! Schemas as text lines: each property with its type and its description.

use std::fmt::Write;

use connector_sdk::dynamic_schema;
use serde_json::Value;

use crate::render::{NAME, QUIET, escape, wrap};

/// Side of an action that a schema describes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The input: required properties are marked with `*`, and all are shown.
    Input,
    /// The output: its form, without what lies deep inside.
    Output,
}

impl Side {
    fn deepest(self) -> usize {
        match self {
            Side::Input => 4,
            Side::Output => 1,
        }
    }
}

/// Minimum width of descriptions, in columns; narrower ones are not indented further.
const NARROWEST: usize = 24;

/// Appends the properties of a schema.
pub(super) fn properties(out: &mut String, schema: &Value, side: Side, depth: usize, width: usize) {
    let Some(object) = object(schema) else { return };
    let requires = object.get("required").unwrap_or(&object["else"]["required"]);
    let required: Vec<&str> = requires.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in object["properties"].as_object().into_iter().flatten() {
        let indent = 2 + depth * 4;
        let mark = if side == Side::Input && required.contains(&name.as_str()) { "*" } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "{:indent$}{NAME}{}{mark}{NAME:#}  {QUIET}{}{QUIET:#}",
            "",
            escape::line(name),
            escape::line(&kind(property))
        );
        let description = property["description"].as_str().unwrap_or_default();
        for line in wrap(&escape::block(description), width.saturating_sub(indent + 2).max(NARROWEST)) {
            let _ = writeln!(out, "{:indent$}  {line}", "");
        }
        if depth < side.deepest() && !is_marked(property, "x-file") && !is_marked(property, "x-bulk") {
            properties(out, property, side, depth + 1, width);
        }
    }
}

// The object that a schema is about: its own, its elements', or one of "this, or null".
fn object(schema: &Value) -> Option<&Value> {
    if schema["properties"].is_object() {
        return Some(schema);
    }
    schema.get("items").and_then(object).or_else(|| branches(schema).find_map(object))
}

/// Returns the type of a property, in a few words.
fn kind(schema: &Value) -> String {
    let mut words = plain_kind(schema);
    if let Some(list) =
        schema["x-picklist"].as_str().or_else(|| branches(schema).find_map(|branch| branch["x-picklist"].as_str()))
    {
        words.push_str(&format!(", picklist {list}"));
    }
    if let Some(name) = dynamic_schema::names(schema).first().filter(|_| object(schema).is_none()) {
        words.push_str(&format!(", dynamic schema {name}"));
    }
    if let Some(default) = schema.get("default").filter(|default| is_telling(default)) {
        words.push_str(&format!(", default {default}"));
    }
    words
}

fn plain_kind(schema: &Value) -> String {
    if is_marked(schema, "x-file") {
        return "file".to_owned();
    }
    if is_marked(schema, "x-secret") {
        return "secret".to_owned();
    }
    // A type of Graph, whose properties stand under its name.
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/$defs/")) {
        return name.to_owned();
    }
    if let Some(options) = schema["enum"].as_array() {
        return options
            .iter()
            .filter(|option| !option.is_null())
            .map(|option| option.as_str().map_or(option.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(" | ");
    }
    if let Some(one) = schema.get("const") {
        return one.as_str().map_or(one.to_string(), str::to_owned);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).filter(|one| *one != "null").collect(),
        _ => Vec::new(),
    };
    match types[..] {
        ["array"] => format!("list of {}", schema.get("items").map_or("anything".to_owned(), plain_kind)),
        [] => {
            let mut kinds: Vec<String> =
                branches(schema).filter(|branch| branch["type"] != "null").map(plain_kind).collect();
            kinds.dedup();
            if kinds.is_empty() { "anything".to_owned() } else { kinds.join(" | ") }
        }
        _ => {
            let format = schema["format"].as_str().map(|format| format!(" ({format})")).unwrap_or_default();
            format!("{}{format}{}", types.join(" | "), bounds(schema))
        }
    }
}

fn bounds(schema: &Value) -> String {
    match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
        (Some(low), Some(high)) => format!(" {low} to {high}"),
        (Some(low), None) if low > 0 => format!(" from {low}"),
        (None, Some(high)) => format!(" up to {high}"),
        _ => String::new(),
    }
}

fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten()
}

fn is_marked(schema: &Value, mark: &str) -> bool {
    schema.get(mark) == Some(&Value::Bool(true)) || branches(schema).any(|branch| is_marked(branch, mark))
}

// An empty list or `false` says no more than that the property may be left out.
fn is_telling(default: &Value) -> bool {
    match default {
        Value::Null | Value::Bool(false) => false,
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(object) => !object.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn kinds_are_few_words() {
        for (schema, expected) in [
            (json!({ "type": ["string", "null"] }), "string"),
            (json!({ "type": "string", "format": "date-time" }), "string (date-time)"),
            (json!({ "type": "integer", "minimum": 1, "maximum": 9 }), "integer 1 to 9"),
            (json!({ "anyOf": [{ "$ref": "#/$defs/itemBody" }, { "type": "null" }] }), "itemBody"),
            (json!({ "type": "array", "items": { "$ref": "#/$defs/recipient" } }), "list of recipient"),
            (json!({ "type": "array", "items": { "type": "string" } }), "list of string"),
            (json!({ "anyOf": [{ "enum": ["low", "high"] }, { "type": "null" }] }), "low | high"),
            (
                json!({ "oneOf": [{ "const": "text" }, { "const": "html" }], "default": "html" }),
                "text | html, default \"html\"",
            ),
            (json!({ "type": "object", "x-file": true }), "file"),
            (json!({ "type": "string", "x-picklist": "mail_folders" }), "string, picklist mail_folders"),
            (json!(true), "anything"),
        ] {
            assert_eq!(kind(&schema), expected);
        }
    }

    #[test]
    fn properties_inside_stand_below() {
        let schema = json!({
            "properties": {
                "query": { "description": "Options.", "anyOf": [{ "type": "object", "properties": { "top": { "type": "integer", "description": "How many." } } }, { "type": "null" }] },
                "content": { "type": "object", "x-file": true, "description": "The file.", "properties": { "file": {} } }
            },
            "required": ["content"]
        });
        let mut out = String::new();
        properties(&mut out, &schema, Side::Input, 0, 60);
        let shown = anstream::adapter::strip_str(&out).to_string();
        assert_eq!(
            shown,
            "  query  object\n    Options.\n      top  integer\n        How many.\n  content*  file\n    The file.\n"
        );
    }
}
