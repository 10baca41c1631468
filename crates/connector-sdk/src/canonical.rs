//! Canonical spelling of JSON texts.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::Json;

/// Maximum depth to which values are rewritten. Deeper ones are taken as written, so that no text is too deep for the
/// stack.
const DEPTH: usize = 32;

impl Json {
    /// Returns the canonical text: without white space, with sorted properties and one spelling of strings. For
    /// comparing or hashing what a server sent: the same value has the same text, however a server orders and escapes
    /// it. Numbers stay as they are written.
    pub fn canonical(&self) -> String {
        canonical(self.as_str())
    }
}

/// Returns the canonical form of a JSON text, as [`Json::canonical`] does. A text that is not JSON is returned
/// unchanged.
pub fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    write(&mut out, text.trim_matches([' ', '\t', '\r', '\n']), DEPTH);
    out
}

fn write(out: &mut String, text: &str, depth: usize) {
    let below = depth.saturating_sub(1);
    match text.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<String>(text) {
            Ok(read) => out.push_str(&Value::from(read).to_string()),
            // Half a surrogate pair is no text.
            Err(_) => out.push_str(text),
        },
        Some(b'[') if depth > 0 => match serde_json::from_str::<Vec<&RawValue>>(text) {
            Ok(values) => {
                out.push('[');
                for (index, value) in values.into_iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    write(out, value.get(), below);
                }
                out.push(']');
            }
            Err(_) => out.push_str(text),
        },
        Some(b'{') if depth > 0 => match serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
            Ok(properties) => {
                out.push('{');
                for (index, (name, value)) in properties.into_iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    out.push_str(&Value::from(name).to_string());
                    out.push(':');
                    write(out, value.get(), below);
                }
                out.push('}');
            }
            Err(_) => out.push_str(text),
        },
        _ => out.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_stays_as_it_is() {
        assert_eq!(canonical(r#"["\ud83d", "a"]"#), r#"["\ud83d","a"]"#);
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(canonical(&deep), deep);
    }
}
