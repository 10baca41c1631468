//! Outputs of actions that list.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Value, json};

/// Output of an action that lists: the items, and the token to continue with.
///
/// The items themselves are emitted by [`Plan::emit`](crate::Plan::emit); the executor puts them in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// Token to continue with; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// Total number of items, if the input asked for it. The schema of a list has the property where its input can ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Number of pages that were read. Not a part of the output; for plans that report it.
    #[serde(skip)]
    pub pages: u64,
    /// Number of items that were emitted. Not a part of the output either.
    #[serde(skip)]
    pub handed_out: u64,
    #[serde(skip)]
    items: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    /// Creates the output of a list that was emitted completely.
    pub fn end() -> List<T> {
        List { next_page_token: None, total: None, pages: 0, handed_out: 0, items: PhantomData }
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        json_schema!({
            "type": "object",
            "properties": {
                "items": { "type": "array", "items": item, "description": "The items, each as Graph sent it." },
                "nextPageToken": { "type": "string", "description": "Token of the next page: give it as `pageToken`. Absent at the end of the list." }
            },
            "required": ["items"]
        })
    }
}

/// A list that always reports the total number of items, as far as Graph does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Counted<T>(pub List<T>);

impl<T: JsonSchema> JsonSchema for Counted<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Counted{}", List::<T>::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = List::<T>::json_schema(generator);
        let total =
            json!({ "type": "integer", "minimum": 0, "description": "Total number of items, as far as Graph knows." });
        if let Some(properties) = schema.ensure_object().get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("total".into(), total);
        }
        schema
    }
}
