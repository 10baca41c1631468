//! Where schemas stand in a schema.

use connector_sdk::schema::escape;
use serde_json::{Map, Value};

/// Keywords whose value is a schema.
const ONE: [&str; 12] = [
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "additionalItems",
];

/// Keywords whose value is a list of schemas.
const LIST: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];

/// Keywords whose value is an object of schemas.
const BY_NAME: [&str; 5] = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];

/// Keywords that describe and neither take nor refuse a value.
const ANNOTATIONS: [&str; 12] = [
    "$comment",
    "$schema",
    "default",
    "deprecated",
    "description",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
    "x-enum-descriptions",
    "x-enum-titles",
    "x-known-values",
];

/// Returns the schemas directly below a schema, with their pointers from there.
pub(crate) fn subschemas(schema: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        let at = format!("/{}", escape(keyword));
        match value {
            Value::Array(all) if LIST.contains(&keyword.as_str()) => {
                found.extend(all.iter().enumerate().map(|(i, inner)| (format!("{at}/{i}"), inner)));
            }
            Value::Object(all) if BY_NAME.contains(&keyword.as_str()) => {
                found.extend(all.iter().map(|(name, inner)| (format!("{at}/{}", escape(name)), inner)));
            }
            _ if ONE.contains(&keyword.as_str()) => found.push((at, value)),
            _ => {}
        }
    }
    found
}

/// Returns a schema without what only describes, so that equal ones take the same values.
pub(crate) fn bare(schema: &Value) -> Value {
    let Value::Object(object) = schema else { return schema.clone() };
    let kept = object.iter().filter(|(keyword, _)| !ANNOTATIONS.contains(&keyword.as_str()));
    let bared = kept.map(|(keyword, value)| {
        let value = match value {
            Value::Array(all) if LIST.contains(&keyword.as_str()) => all.iter().map(bare).collect(),
            Value::Object(all) if BY_NAME.contains(&keyword.as_str()) => {
                Value::Object(all.iter().map(|(name, inner)| (name.clone(), bare(inner))).collect())
            }
            _ if ONE.contains(&keyword.as_str()) => bare(value),
            _ => value.clone(),
        };
        (keyword.clone(), value)
    });
    Value::Object(bared.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn descriptions_are_left_out_and_properties_of_their_names_are_not() {
        let schema = json!({
            "title": "T",
            "properties": { "title": { "type": "string", "description": "A title." }, "default": { "default": 1 } },
            "anyOf": [{ "title": "A", "const": 1 }]
        });
        let expected = json!({
            "properties": { "title": { "type": "string" }, "default": {} },
            "anyOf": [{ "const": 1 }]
        });
        assert_eq!(bare(&schema), expected);
    }
}
