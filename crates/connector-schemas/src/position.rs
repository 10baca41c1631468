//! Positions of JSON Pointers in the text of a file.

use std::collections::BTreeSet;

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::finding::Position;

/// Text of a JSON document with the places of its parts.
///
/// `serde_json` decides what is JSON; this only says where it stands.
pub(crate) struct Positions<'a> {
    text: &'a str,
    root: Option<Value<'a>>,
}

impl<'a> Positions<'a> {
    /// Reads a text that `serde_json` has read, so that its depth is limited.
    pub(crate) fn of(text: &'a str) -> Positions<'a> {
        let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
        Positions { text, root: parsed.ok().and_then(|parsed| parsed.value) }
    }

    /// Returns the position of a pointer's target: of its name in an object, else of the value. Where the target is
    /// missing, it is the position of the nearest part that exists.
    pub(crate) fn find(&self, pointer: &str) -> Option<Position> {
        let mut value = self.root.as_ref()?;
        let mut at = value.range().start;
        for word in pointer.split('/').skip(1) {
            let name = word.replace("~1", "/").replace("~0", "~");
            let below = match value {
                // Of a property that stands there twice, the last one counts.
                Value::Object(object) => object
                    .properties
                    .iter()
                    .rfind(|property| property.name.as_str() == name)
                    .map(|property| (property.range.start, &property.value)),
                Value::Array(array) => {
                    name.parse().ok().and_then(|i: usize| array.elements.get(i)).map(|one| (one.range().start, one))
                }
                _ => None,
            };
            let Some(below) = below else { break };
            (at, value) = below;
        }
        Some(self.position(at))
    }

    /// Returns each property that an object has twice: the pointer of the object, and the name.
    pub(crate) fn duplicates(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if let Some(root) = &self.root {
            duplicates(root, "", &mut found);
        }
        found
    }

    fn position(&self, at: usize) -> Position {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Position { line, column }
    }
}

fn duplicates(value: &Value<'_>, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(Object { properties, .. }) => {
            let mut seen = BTreeSet::new();
            for property in properties {
                let name = property.name.as_str();
                if !seen.insert(name) {
                    found.push((at.to_owned(), name.to_owned()));
                }
                duplicates(&property.value, &format!("{at}/{}", connector_sdk::schema::escape(name)), found);
            }
        }
        Value::Array(array) => {
            for (i, element) in array.elements.iter().enumerate() {
                duplicates(element, &format!("{at}/{i}"), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_to_lines_and_columns() {
        let positions = Positions::of("{\n  \"é\": {\"b\": [1, 2]},\n  \"a/b\": null\n}\n");
        let found = |pointer: &str| positions.find(pointer).map(|at| (at.line, at.column));
        assert_eq!(found(""), Some((1, 1)));
        assert_eq!(found("/é"), Some((2, 3)));
        assert_eq!(found("/é/b"), Some((2, 9)));
        assert_eq!(found("/é/b/1"), Some((2, 18)));
        assert_eq!(found("/a~1b"), Some((3, 3)));
        assert_eq!(found("/é/missing"), Some((2, 3)), "the object that lacks it");
    }

    #[test]
    fn properties_that_stand_twice() {
        let positions = Positions::of(r#"{"a": {"b": 1, "c": 2, "b": 3}}"#);
        assert_eq!(positions.duplicates(), [("/a".to_owned(), "b".to_owned())]);
        assert_eq!(positions.find("/a/b").map(|at| at.column), Some(24), "the one that counts");
    }
}
