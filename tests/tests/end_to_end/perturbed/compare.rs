//! What differs between outcomes.

use serde_json::Value;

/// Where `other` differs from `one`, as far as `two`, which was made as `one` was, is the same.
pub(super) fn differences(one: &Value, two: &Value, other: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk("", one, two, other, &mut found);
    found
}

/// What is one way to go on out of many, or tells how an answer came and not what it holds.
const OPAQUE: [&str; 5] = ["nextPageToken", "deltaToken", "@odata.nextLink", "@odata.deltaLink", "headers"];

/// Whether both are moments of a run: what is told from the clock of this machine is later in a later run.
fn are_near(one: &Value, other: &Value) -> bool {
    let moment = |value: &Value| {
        value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok()).map(|moment| moment.as_second())
    };
    moment(one).zip(moment(other)).is_some_and(|(one, other)| (one - other).abs() < 600)
}

fn walk(path: &str, one: &Value, two: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, two, other) {
        (Value::Object(one), Value::Object(two), Value::Object(other)) => {
            for (name, value) in one {
                if let Some(two) = two.get(name) {
                    match other.get(name) {
                        Some(_) if OPAQUE.contains(&name.as_str()) => {}
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
        (one, two, other) if one == two && one != other && !are_near(one, other) => {
            found.push(format!("{path} is {other}, not {one}"))
        }
        _ => {}
    }
}

#[test]
fn what_is_not_the_same_twice_is_not_compared() {
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let (one, two) = (value(r#"{"a":1,"at":"x","l":[1,2]}"#), value(r#"{"a":1,"at":"y","l":[1,2]}"#));
    let at = |text: &str| value(&format!(r#"{{"at":"{text}","nextPageToken":"{text}"}}"#));
    assert!(
        differences(&at("2026-01-01T00:00:00Z"), &at("2026-01-01T00:00:00Z"), &at("2026-01-01T00:00:05Z")).is_empty()
    );
    assert!(differences(&one, &two, &value(r#"{"l":[1,2],"a":1,"at":"z"}"#)).is_empty());
    assert_eq!(
        differences(&one, &two, &value(r#"{"a":2,"b":1,"l":[1]}"#)),
        ["/a is 2, not 1", "/at is missing", "/l has 1 entries, not 2", "/b came up"]
    );
}
