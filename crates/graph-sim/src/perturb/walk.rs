//! Walks through the objects of an answer.

use serde_json::{Map, Value};

/// Shows every object of a body to `change`, the outer ones first.
pub(super) fn objects(body: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match body {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|value| objects(value, change));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| objects(value, change)),
        _ => {}
    }
}

/// The items of a list, or the object itself.
pub(super) fn items(body: &mut Value) -> Vec<&mut Map<String, Value>> {
    let is_list = body.get("value").is_some_and(Value::is_array);
    let values = match (is_list, body) {
        (true, Value::Object(object)) => object.get_mut("value").and_then(Value::as_array_mut).into_iter().flatten().collect(),
        (_, other) => vec![other],
    };
    values.into_iter().filter_map(Value::as_object_mut).collect()
}
