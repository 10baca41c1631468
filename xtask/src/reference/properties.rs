//! The rows of a property table: one for each property, nested ones by dotted path.

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

/// The rows of an object's properties.
pub(super) fn rows(schema: &Map<String, Value>) -> Vec<Row> {
    let mut rows = Vec::new();
    match (schema.get("x-bulk"), schema.get("anyOf").and_then(|all| all.get(0)).and_then(Value::as_object)) {
        // The fates of many are the same everywhere; one sentence says it.
        (Some(_), Some(one)) => inside(one, "", &mut rows),
        _ => inside(schema, "", &mut rows),
    }
    rows
}

fn object(schema: &Map<String, Value>, at: &str, rows: &mut Vec<Row>) {
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
            kind: kind(property),
            required: required(name),
            default: property.get("default").map(|value| code(&value.to_string())).unwrap_or_default(),
            bounds: bounds(property),
            description: description(property),
        });
        // A file has the same three forms everywhere; one word in the type column says it.
        if !property.contains_key("x-file") && !property.contains_key("x-bulk") {
            inside(property, &path, rows);
        }
    }
}

// What stands below a property: the object itself, a list's items, a map's values, each alternative.
fn inside(schema: &Map<String, Value>, at: &str, rows: &mut Vec<Row>) {
    object(schema, at, rows);
    for (key, suffix) in [("items", "[]"), ("additionalProperties", ".*")] {
        if let Some(Value::Object(inner)) = schema.get(key)
            && !inner.contains_key("x-file")
        {
            inside(inner, &format!("{at}{suffix}"), rows);
        }
    }
    for alternative in alternatives(schema) {
        let mut found = Vec::new();
        inside(alternative, at, &mut found);
        for row in found {
            if !rows.iter().any(|known| known.path == row.path) {
                rows.push(Row { required: false, ..row });
            }
        }
    }
}

fn alternatives(schema: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten().filter_map(Value::as_object)
}

fn kind(schema: &Map<String, Value>) -> String {
    if schema.contains_key("x-file") {
        return "file".into();
    }
    if schema.contains_key("x-secret") {
        return "secret".into();
    }
    let mut kinds: Vec<String> = match schema.get("type") {
        Some(Value::String(one)) => vec![named(one, schema)],
        Some(Value::Array(many)) => {
            many.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").map(|kind| named(kind, schema)).collect()
        }
        _ => Vec::new(),
    };
    if kinds.is_empty() {
        kinds = alternatives(schema).filter(|inner| inner.get("type").is_none_or(|kind| kind != "null")).map(kind).collect();
        kinds.dedup();
    }
    if kinds.is_empty() {
        let value = schema.get("const").or_else(|| schema.get("enum")?.get(0));
        kinds.push(if value.is_some_and(Value::is_string) { "string".into() } else { "any".into() });
    }
    kinds.join(" or ")
}

fn named(kind: &str, schema: &Map<String, Value>) -> String {
    match (kind, schema.get("items"), schema.get("additionalProperties")) {
        ("array", Some(Value::Object(items)), _) => format!("list of {}", self::kind(items)),
        ("array", ..) => "list".into(),
        ("object", _, Some(Value::Object(values))) => format!("map to {}", self::kind(values)),
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

// The text, and what each choice means.
fn description(schema: &Map<String, Value>) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let choices = schema.get("x-enum-descriptions").and_then(Value::as_object).into_iter().flatten();
    choices
        .filter_map(|(choice, meaning)| Some(format!(" {}: {}", code(choice), meaning.as_str()?)))
        .fold(text.to_owned(), |all, one| all + &one)
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
        let rows = rows(schema.as_object().unwrap());
        let shown: Vec<String> =
            rows.iter().map(|row| format!("{} {} {} {} {}", row.path, row.kind, row.required, row.default, row.bounds)).collect();
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
}
