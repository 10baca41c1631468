//! Schemas in a form that every client accepts.
//!
//! Agents get schemas by way of clients and models that know parts of JSON Schema only, and each knows other parts. The
//! portable form keeps to what all of them take. What it cannot say stands in the descriptions, or in notes. The host
//! validates inputs against the original schema, whatever was shown.

mod convert;
mod describe;

use serde_json::{Map, Value, json};

use self::convert::Conversion;

/// Maximum number of levels of objects within each other. What lies deeper is an open object.
pub const PORTABLE_DEPTH: usize = 5;

/// A schema in the form that every client accepts.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Portable {
    /// The schema: an object whose properties are each described.
    pub schema: Value,
    /// What the schema cannot say, in sentences.
    pub notes: Vec<String>,
}

/// Converts the schema of an input to the portable form. An input of many (`items`) is left out.
///
/// ```
/// use connector_runtime::portable;
/// use serde_json::json;
///
/// let portable = portable(&json!({
///     "type": "object",
///     "properties": { "size": { "title": "Size", "type": ["string", "null"], "enum": ["small", "large", null] } },
/// }));
/// assert_eq!(portable.schema, json!({
///     "type": "object",
///     "properties": { "size": { "type": "string", "description": "Size", "enum": ["small", "large"] } },
/// }));
/// assert_eq!(portable.notes, ["`null` is accepted too for `size`."]);
/// ```
pub fn portable(schema: &Value) -> Portable {
    let mut conversion = Conversion::new(schema);
    let mut root = conversion.root();
    let notes = conversion.into_notes();
    // Members that say what it is come first, for whoever reads it.
    let mut ordered = Map::from_iter([("type".to_owned(), json!("object"))]);
    for name in ["description", "properties", "required"] {
        ordered.extend(root.remove(name).map(|value| (name.to_owned(), value)));
    }
    ordered.entry("properties").or_insert_with(|| json!({}));
    Portable { schema: ordered.into(), notes }
}

impl Portable {
    /// Adds the property `connection`, first and optional, for a tool that runs one action. An input that has such a
    /// property keeps its own.
    #[must_use]
    pub fn with_connection(mut self) -> Portable {
        if let Some(Value::Object(properties)) = self.schema.get_mut("properties") {
            let own = std::mem::take(properties);
            let connection = "The connection to run it with; it may be left out where there is one alone.";
            properties.insert("connection".into(), json!({ "type": "string", "description": connection }));
            properties.extend(own);
        }
        self
    }
}

#[cfg(test)]
mod tests;
