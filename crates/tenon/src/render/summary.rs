//! Summaries of values on one line.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::escape;

/// Maximum number of elements of an array that are shown.
const TOLD: usize = 3;

/// Level of detail for a person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// The name, and the address where there is no name.
    Brief,
    /// The name and the address.
    Full,
}

/// Returns a summary of a value, to be shown after a name.
pub(crate) fn summary(value: &Value) -> Cow<'_, str> {
    summarise(value, Detail::Full)
}

/// Returns a brief summary of a value, for little room.
pub(crate) fn brief(value: &Value) -> Cow<'_, str> {
    summarise(value, Detail::Brief)
}

fn summarise(value: &Value, detail: Detail) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => escape::line(text),
        Value::Bool(_) | Value::Number(_) => Cow::Owned(value.to_string()),
        Value::Array(elements) => Cow::Owned(list(elements, detail)),
        Value::Object(object) => match telling(object, detail) {
            Some(text) => Cow::Owned(text),
            None => Cow::Owned(escape::line(&value.to_string()).into_owned()),
        },
    }
}

/// Returns whether a line shows all that matters of the value.
pub(crate) fn is_short(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.is_empty() || telling(object, Detail::Full).is_some(),
        Value::Array(elements) => elements.iter().all(|element| !element.is_array() && is_short(element)),
        _ => true,
    }
}

fn list(elements: &[Value], detail: Detail) -> String {
    let told: Vec<Cow<'_, str>> = elements.iter().take(TOLD).map(|element| summarise(element, detail)).collect();
    let rest = elements.len().saturating_sub(TOLD);
    if rest == 0 { told.join(", ") } else { format!("{}, and {rest} more", told.join(", ")) }
}

// The shapes in which Graph says who, when and which.
fn telling(object: &Map<String, Value>, detail: Detail) -> Option<String> {
    let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(escape::line);
    if let Some(Value::Object(inner)) = object.get("emailAddress") {
        return telling(inner, detail);
    }
    if let Some(address) = text("address") {
        return Some(match text("name").filter(|name| *name != address) {
            Some(name) if detail == Detail::Brief => name.into_owned(),
            Some(name) => format!("{name} <{address}>"),
            None => address.into_owned(),
        });
    }
    if let Some(time) = text("dateTime") {
        let time = time.trim_end_matches('0').trim_end_matches('.').to_owned();
        return Some(text("timeZone").map_or(time.clone(), |zone| format!("{time} {zone}")));
    }
    if object.len() <= 3 {
        return text("displayName").map(Cow::into_owned);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn people_and_times_are_told_in_a_line() {
        assert_eq!(
            summary(&json!({ "emailAddress": { "name": "Adele", "address": "adele@contoso.example" } })),
            "Adele <adele@contoso.example>"
        );
        assert_eq!(
            brief(&json!([{ "emailAddress": { "name": "Adele", "address": "adele@contoso.example" } }])),
            "Adele"
        );
        assert_eq!(
            summary(&json!({ "emailAddress": { "name": "a@b.example", "address": "a@b.example" } })),
            "a@b.example"
        );
        assert_eq!(
            summary(&json!({ "dateTime": "2026-01-31T08:00:00.0000000", "timeZone": "UTC" })),
            "2026-01-31T08:00:00 UTC"
        );
        assert_eq!(summary(&json!(["a", "b", "c", "d"])), "a, b, c, and 1 more");
        assert_eq!(summary(&json!({ "x": "\u{1b}" })), r#"{"x":"\u001b"}"#);
        assert!(!is_short(&json!({ "x": 1 })));
        assert!(is_short(&json!([{ "address": "a@b.example" }])));
    }
}
