//! Outputs that are a list and a summary.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

/// Output of an action that emits items of its own making, such as the result of each member, and sums them up.
///
/// The items are emitted by [`Plan::emit`](crate::Plan::emit); the executor puts them in place. So the
/// action's specification says [`list`](crate::Spec::list).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Itemised<T, S> {
    /// Summary: an object whose properties stand beside `items`.
    pub summary: S,
    #[serde(skip)]
    items: PhantomData<fn() -> T>,
}

impl<T, S> Itemised<T, S> {
    /// Creates the output that ends the plan, after all items were emitted.
    pub fn end(summary: S) -> Itemised<T, S> {
        Itemised { summary, items: PhantomData }
    }
}

impl<T: JsonSchema, S: JsonSchema> JsonSchema for Itemised<T, S> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{}And{}", T::schema_name(), S::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = json!({ "type": "array", "items": generator.subschema_for::<T>(), "description": "The outcome of each member, in any order." });
        let mut schema = S::json_schema(generator);
        let root = schema.ensure_object();
        if let Some(properties) = root.entry("properties").or_insert_with(|| json!({})).as_object_mut() {
            properties.shift_insert(0, "items".into(), items);
        }
        if let Value::Array(required) = root.entry("required").or_insert_with(|| json!([])) {
            required.insert(0, "items".into());
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What came of it.
    #[derive(Serialize, JsonSchema)]
    struct Counts {
        /// How many.
        done: usize,
    }

    #[test]
    fn the_summary_stands_beside_the_items() {
        let schema = crate::schema::output::<Itemised<String, Counts>>("T");
        assert_eq!(schema["required"], json!(["items", "done"]));
        assert_eq!(schema["properties"]["items"]["items"]["type"], "string");
        assert_eq!(schema["properties"]["done"]["description"], "How many.");
        assert_eq!(serde_json::to_value(Itemised::<String, _>::end(Counts { done: 2 })).unwrap(), json!({ "done": 2 }));
    }
}
