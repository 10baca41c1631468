//! The polling interval: an input that all triggers have, declared and read in one place.

use std::time::Duration;

use serde_json::{Value, json};

const NAME: &str = "intervalMinutes";
const LEAST: u64 = 1;
const MOST: u64 = 1440;

/// Adds the interval to the schema of a trigger's input.
pub(crate) fn declare(mut schema: Value) -> Value {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let property = json!({
            "title": "Interval in minutes", "type": "integer", "minimum": LEAST, "maximum": MOST,
            "description": "Minutes between two polls. The default is the interval of the host, which is 1 by default."
        });
        properties.insert(NAME.into(), property);
    } else if let Some(root) = schema.as_object_mut() {
        root.insert("properties".into(), json!({}));
        return declare(schema);
    }
    schema
}

/// Removes the polling interval from a trigger's input and returns it, if there is one. The rest of the input says what
/// is watched: the same, however often the trigger is polled.
pub fn take_interval(input: &mut Value) -> Option<Duration> {
    let minutes = input.as_object_mut()?.shift_remove(NAME)?.as_u64()?;
    Some(Duration::from_secs(60 * minutes.clamp(LEAST, MOST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_taken_out() {
        let mut input = json!({ "folderId": "inbox", "intervalMinutes": 5 });
        assert_eq!(take_interval(&mut input), Some(Duration::from_secs(300)));
        assert_eq!(input, json!({ "folderId": "inbox" }));
        assert_eq!(take_interval(&mut input), None);
        assert_eq!(take_interval(&mut Value::Null), None);
    }

    #[test]
    fn every_schema_has_it() {
        for schema in [json!({ "type": "object" }), json!({ "type": "object", "properties": { "a": {} } })] {
            assert_eq!(declare(schema)["properties"][NAME]["minimum"], 1);
        }
    }
}
