//! JSON that the code writes itself.

use serde_json::{Map, Value};

/// The fields of an object that the code wrote itself.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
