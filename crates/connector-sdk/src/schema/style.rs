//! House style of all schemas.

use serde_json::{Map, Value};

use super::examples::wants_example;
use super::{DIALECT, escape, rules};
use crate::{Issue, graph_type};

/// Returns every violation of the house style in an input schema, with its place.
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

/// Returns every violation of the house style in the schema of an input that needs no example: a picklist's.
pub fn check_parameters(schema: &Value) -> Vec<Issue> {
    check(schema, true)
}

/// Returns every violation of the house style in an output schema: as for inputs, but open and without examples. Types
/// of Graph may stand under `$defs` and be referred to, and their properties need no sentence where the name says it
/// all.
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
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(i, inner)| references(root, inner, &format!("{at}/{i}"), issues))
        }
        _ => {}
    }
}

fn walk(schema: &Value, at: &str, closed: bool, issues: &mut Vec<Issue>) {
    let Value::Object(object) = schema else { return };
    // A rule speaks of properties that are described beside it.
    if rules::is_rule(schema) {
        return;
    }
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
            if property.get("title").and_then(Value::as_str).is_none_or(str::is_empty) {
                issues.push(Issue::new(place.clone(), format!("`{name}` has no title: forms and agents show it")));
            }
            if closed && lacks_example(property) {
                issues.push(Issue::new(
                    place.clone(),
                    format!("`{name}` is a text of which its type does not say the form: add an example"),
                ));
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

fn lacks_example(property: &Value) -> bool {
    let Some(object) = property.as_object() else { return false };
    // What OData takes here depends on the list; not every list takes it.
    if object.contains_key("x-odata") {
        return false;
    }
    let has = |schema: &Value| schema.get("examples").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
    let items = object.get("items").filter(|items| items.as_object().is_some_and(wants_example));
    (wants_example(object) || items.is_some()) && !has(property) && !items.is_some_and(has)
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
        issues.push(Issue::new(
            format!("{at}/description"),
            format!("the description of `{name}` is not a sentence: it has no full stop"),
        ));
    }
}

fn is_camel_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '@')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '@' || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_breach_is_found_at_its_place() {
        let schema = json!({
            "type": "object", "title": "T", "description": "A thing.",
            "properties": {
                "snake_case": { "title": "Snake", "type": "boolean", "description": "Bad name." },
                "bare": { "title": "Bare", "type": "boolean" },
                "fragment": { "title": "Fragment", "type": "string", "format": "date", "description": "no stop" },
                "untitled": { "type": "boolean", "description": "No title." },
                "formless": { "title": "Formless", "type": ["string", "null"], "description": "Any text." },
                "list": { "title": "List", "type": "array", "items": { "type": "string" }, "description": "Any texts." },
                "shown": { "title": "Shown", "type": "array", "items": { "type": "string", "examples": ["x"] }, "description": "Any texts." },
                "nested": { "title": "Nested", "type": "array", "description": "Open inside.", "items": { "type": "object", "properties": { "x": { "title": "X", "$ref": "#/x", "description": "A reference." } } } }
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
                "/properties/untitled",
                "/properties/formless",
                "/properties/list",
                "/properties/nested/items",
                "/properties/nested/items/properties/x/$ref",
                "/examples"
            ]
        );
    }
}
