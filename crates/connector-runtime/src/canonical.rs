//! Canonical texts of JSON values.

use serde_json::Value;

/// Serializes the value with the properties of every object sorted by name, so that a digest of it does not depend on
/// the order in which somebody wrote them.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(object) => {
            let mut properties: Vec<_> = object.iter().collect();
            properties.sort_unstable_by_key(|(name, _)| *name);
            enclosed('{', properties, '}', text, |(name, value), text| {
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(value, text);
            });
        }
        Value::Array(items) => enclosed('[', items, ']', text, write),
        plain => text.push_str(&plain.to_string()),
    }
}

fn enclosed<T>(
    open: char,
    items: impl IntoIterator<Item = T>,
    close: char,
    text: &mut String,
    write: impl Fn(T, &mut String),
) {
    text.push(open);
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        write(item, text);
    }
    text.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn the_order_of_properties_does_not_count_and_that_of_items_does() {
        let one: Value = serde_json::from_str(r#"{"b":[{"y":1,"x":"\n\""},null],"a":{"d":1.5,"c":true}}"#).unwrap();
        let other: Value = serde_json::from_str(r#"{"a":{"c":true,"d":1.5},"b":[{"x":"\n\"","y":1},null]}"#).unwrap();
        assert_eq!(canonical(&one), canonical(&other));
        assert_eq!(canonical(&one), r#"{"a":{"c":true,"d":1.5},"b":[{"x":"\n\"","y":1},null]}"#);
        assert_ne!(canonical(&json!([1, 2])), canonical(&json!([2, 1])));
        assert_eq!(canonical(&json!({})), "{}");
    }

    proptest! {
        #[test]
        fn it_is_the_same_value(text in "[^\u{0}]{0,20}", number: i64, flag: bool) {
            let value = json!({ "z": [text, number], &text: { "b": flag, "a": number } });
            prop_assert_eq!(serde_json::from_str::<Value>(&canonical(&value)).unwrap(), value);
        }
    }
}
