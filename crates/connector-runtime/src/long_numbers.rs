//! Whole numbers that are too long to be kept as they are written.

use std::collections::BTreeMap;

use connector_sdk::{Issue, schema::escape};
use serde_json::value::RawValue;

/// Maximum number of decimal digits of a 64-bit number.
const DIGITS: usize = 20;

/// Advice for a number that is too long.
const WHY: &str = "this whole number has more digits than are kept, so it would be sent as another one. Give it as a text if \
                   the property takes one; the body of a request to Graph can be given as a text of JSON, which travels as \
                   it is written.";

/// Returns the places of whole numbers in a JSON text, below `pointer`, that would become other numbers when they are
/// read. An interface refuses an input with such a number: an id or a count that is another one is worse than none.
///
/// ```
/// let text = r#"{ "id": 123456789012345678901234, "count": 12 }"#;
/// let issues = connector_runtime::long_numbers(text, "");
/// assert_eq!(issues.iter().map(|issue| &*issue.pointer).collect::<Vec<_>>(), ["/id"]);
/// ```
pub fn long_numbers(text: &str, pointer: &str) -> Vec<Issue> {
    let mut issues = Vec::new();
    // Almost no input has so many digits in a row.
    if text.as_bytes().windows(DIGITS).any(|window| window.iter().all(u8::is_ascii_digit)) {
        find(text, pointer, &mut issues);
    }
    issues
}

fn find(text: &str, pointer: &str, issues: &mut Vec<Issue>) {
    match text.trim_start().as_bytes().first() {
        Some(b'{') => {
            let object: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
            for (name, value) in object {
                find(value.get(), &format!("{pointer}/{}", escape(&name)), issues);
            }
        }
        Some(b'[') => {
            let array: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
            for (at, value) in array.into_iter().enumerate() {
                find(value.get(), &format!("{pointer}/{at}"), issues);
            }
        }
        Some(b'-' | b'0'..=b'9') if is_too_long(text.trim()) => issues.push(Issue::new(pointer, WHY)),
        _ => {}
    }
}

// Fractions are rounded to what a number of Graph holds; ids and counts must not be.
fn is_too_long(number: &str) -> bool {
    number.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit())
        && number.parse::<u64>().is_err()
        && number.parse::<i64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_would_become_another_one_has_its_place() {
        let places = |text: &str| long_numbers(text, "").into_iter().map(|issue| issue.pointer).collect::<Vec<_>>();
        assert_eq!(
            places(r#"{"data":{"a/b":[1,12345678901234567890123]},"n":-12345678901234567890}"#),
            ["/data/a~1b/1", "/n"]
        );
        assert_eq!(places("12345678901234567890123"), [""]);
        let kept = r#"{"a":18446744073709551615,"b":-9223372036854775808,"c":1.50,"d":"12345678901234567890123","e":0.10000000000000000001}"#;
        assert!(places(kept).is_empty());
        assert_eq!(long_numbers("[123456789012345678901]", "/items")[0].pointer, "/items/0");
    }
}
