//! Differences between two JSON values, each on a line with its place.

use connector_sdk::schema;
use serde_json::Value;

/// Lines for people.
pub type Lines = Vec<String>;

/// Adds a line for each place below `at` where the values differ.
pub fn of(expected: &Value, actual: &Value, at: &str, lines: &mut Lines) {
    match (expected, actual) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in old {
                let place = format!("{at}/{}", schema::escape(name));
                match new.get(name) {
                    Some(other) => of(value, other, &place, lines),
                    None => lines.push(format!("{place}: expected {value}, but it is missing")),
                }
            }
            for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                lines.push(format!("{at}/{}: is not expected, but is {value}", schema::escape(name)));
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (i, (old, new)) in old.iter().zip(new).enumerate() {
                of(old, new, &format!("{at}/{i}"), lines);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            lines.push(format!("{at}: expected {} elements, got {}: {actual}", old.len(), new.len()));
        }
        _ if expected != actual => lines.push(format!("{at}: expected {expected}, got {actual}")),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_difference_has_its_place() {
        let mut lines = Lines::new();
        of(
            &json!({ "a": { "b/c": 1 }, "d": [1, 2], "e": 1 }),
            &json!({ "a": { "b/c": 2 }, "d": [1], "f": null }),
            "",
            &mut lines,
        );
        assert_eq!(
            lines,
            [
                "/a/b~1c: expected 1, got 2",
                "/d: expected 2 elements, got 1: [1]",
                "/e: expected 1, but it is missing",
                "/f: is not expected, but is null",
            ]
        );
    }
}
