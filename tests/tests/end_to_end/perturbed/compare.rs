//! What differs between outcomes.

use serde_json::Value;

/// Where `other` differs from `one`, as far as `two`, which was made as `one` was, is the same.
pub(super) fn differences(one: &Value, two: &Value, other: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk("", one, two, other, &mut found);
    found
}

fn walk(path: &str, one: &Value, two: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, two, other) {
        (Value::Object(one), Value::Object(two), Value::Object(other)) => {
            for (name, value) in one {
                if let Some(two) = two.get(name) {
                    match other.get(name) {
                        Some(other) => walk(&format!("{path}/{name}"), value, two, other, found),
                        None => found.push(format!("{path}/{name} is missing")),
                    }
                }
            }
            let added = other.keys().filter(|name| !one.contains_key(*name) && !two.contains_key(*name));
            found.extend(added.map(|name| format!("{path}/{name} came up")));
        }
        (Value::Array(one), Value::Array(two), Value::Array(other)) if one.len() == two.len() => {
            if one.len() != other.len() {
                return found.push(format!("{path} has {} entries, not {}", other.len(), one.len()));
            }
            for (index, one) in one.iter().enumerate() {
                walk(&format!("{path}/{index}"), one, &two[index], &other[index], found);
            }
        }
        (one, two, other) if one == two && one != other => found.push(format!("{path} is {other}, not {one}")),
        _ => {}
    }
}

#[test]
fn what_is_not_the_same_twice_is_not_compared() {
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let (one, two) = (value(r#"{"a":1,"at":"x","l":[1,2]}"#), value(r#"{"a":1,"at":"y","l":[1,2]}"#));
    assert!(differences(&one, &two, &value(r#"{"l":[1,2],"a":1,"at":"z"}"#)).is_empty());
    assert_eq!(
        differences(&one, &two, &value(r#"{"a":2,"b":1,"l":[1]}"#)),
        ["/a is 2, not 1", "/at is missing", "/l has 1 entries, not 2", "/b came up"]
    );
}
