//! Schemas of actions that take one input or many.

use serde_json::{Map, Value, json};

use super::{BulkSummary, ItemOutcome};
use crate::schema;

/// Returns the schema of one input or many.
pub(crate) fn input(mut one: Value) -> Value {
    let Value::Object(root) = &mut one else { return one };
    let mut item = root.clone();
    for key in ["$schema", "title", "description", "examples"] {
        item.shift_remove(key);
    }
    let many = json!({
        "title": "Many inputs", "x-bulk": true, "type": "array", "minItems": 1, "items": item,
        "description": "Many inputs instead of one, each with the same properties. The outcome of each is returned."
    });
    let stop = json!({
        "title": "Stop on error", "type": "boolean",
        "description": "Run one after the other and stop at the first failure. By default all are tried, many at a time."
    });
    if let Some(Value::Object(properties)) = root.get_mut("properties") {
        properties.insert("items".into(), many);
        properties.insert("stopOnError".into(), stop);
    }
    root.insert("if".into(), json!({ "required": ["items"] }));
    root.insert(
        "then".into(),
        json!({ "properties": { "items": true, "stopOnError": true }, "additionalProperties": false }),
    );
    let single: Map<String, Value> =
        ["required", "allOf"].iter().filter_map(|key| Some(((*key).to_owned(), root.shift_remove(*key)?))).collect();
    if !single.is_empty() {
        root.insert("else".into(), single.into());
    }
    root.insert("dependentRequired".into(), json!({ "stopOnError": ["items"] }));
    one
}

/// Returns the schema of one output, or of the results of many.
pub(crate) fn output(mut one: Value) -> Value {
    let mut root = Map::new();
    let mut fates = schema::output::<BulkSummary>("");
    let mut fate = schema::output::<ItemOutcome>("");
    for inner in [&mut one, &mut fates, &mut fate] {
        if let Value::Object(inner) = inner {
            for key in ["$schema", "title"] {
                if let Some(value) = inner.shift_remove(key) {
                    root.entry(key).or_insert(value);
                }
            }
        }
    }
    if let Some(properties) = fate.get_mut("properties").and_then(Value::as_object_mut) {
        // It stands in full beside this.
        properties.insert(
            "output".into(),
            json!({ "title": "Output", "description": "The output, as for a single input.", "$ref": "#/anyOf/0" }),
        );
    }
    if let Some(properties) = fates.get_mut("properties").and_then(Value::as_object_mut) {
        properties.shift_insert(
            0,
            "items".into(),
            json!({ "title": "Items", "type": "array", "items": fate, "description": "The outcomes, in any order." }),
        );
    }
    fates["required"] = json!(["items", "succeeded", "failed", "skipped"]);
    root.insert("type".into(), "object".into());
    root.insert("x-bulk".into(), true.into());
    root.insert("anyOf".into(), json!([one, fates]));
    root.into()
}
