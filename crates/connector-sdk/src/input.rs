//! Reading of inputs into their types, with JSON Pointers in errors.
//!
//! The input has been validated against the schema, so what fails here is what a schema cannot say, such as the name of
//! a time zone.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::{Error, Result, schema};

/// Reads an input into its type.
///
/// # Errors
/// `invalid_input` with one violation and its place.
pub fn read<T: DeserializeOwned>(input: Value) -> Result<T> {
    serde_path_to_error::deserialize(input)
        .map_err(|error| Error::invalid(pointer(error.path()), error.inner().to_string()))
}

fn pointer(path: &Path) -> String {
    let names = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(schema::escape(key)),
        Segment::Enum { variant } => Some(schema::escape(variant)),
        Segment::Unknown => None,
    });
    names.map(|name| format!("/{name}")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;
    use serde_json::value::RawValue;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Everything {
        text: String,
        #[serde(default)]
        count: Option<u32>,
        #[serde(default)]
        negative: i64,
        #[serde(default)]
        share: f64,
        #[serde(default)]
        color: Color,
        #[serde(default)]
        pair: Option<(u8, String)>,
        #[serde(default)]
        children: Vec<Child>,
        #[serde(default)]
        by_name: BTreeMap<String, Color>,
        #[serde(default)]
        any: Value,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    enum Color {
        #[default]
        Red,
        Mixed(Vec<u8>),
        Named {
            name: String,
        },
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Child {
        wrapped: Wrapped,
        #[serde(flatten)]
        rest: Rest,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Wrapped(u8);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Rest {
        ready: bool,
    }

    #[test]
    fn everything_that_json_has_is_read_as_serde_json_reads_it() {
        for input in [
            json!({ "text": "t" }),
            json!({
                "text": "t", "count": 1, "negative": -7, "share": 0.5, "color": "red", "pair": [1, "a"],
                "children": [{ "wrapped": 3, "ready": true }], "byName": { "a": { "mixed": [1, 2] }, "b": { "named": { "name": "n" } } },
                "any": { "z": [null, 1.5, { "y": "x" }], "a": u64::MAX }
            }),
            json!({ "text": "t", "count": null, "share": 3, "pair": null, "any": null }),
        ] {
            assert_eq!(read::<Everything>(input.clone()).unwrap(), serde_json::from_value(input).unwrap());
        }
        let raw: Box<RawValue> = read(json!({ "a": [1, "x"] })).unwrap();
        assert_eq!(raw.get(), r#"{"a":[1,"x"]}"#);
    }

    #[test]
    fn what_cannot_be_read_has_its_place() {
        let place = |more: Value| {
            let mut input = json!({ "text": "t" });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let error = read::<Everything>(input.clone()).unwrap_err();
            let message = serde_json::from_value::<Everything>(input).unwrap_err().to_string();
            (error.violations()[0].pointer.clone(), error.violations()[0].message == message)
        };
        assert_eq!(place(json!({ "count": "x" })), ("/count".to_owned(), true));
        assert_eq!(place(json!({ "count": -1 })), ("/count".to_owned(), true));
        assert_eq!(place(json!({ "color": "blue" })), ("/color".to_owned(), true));
        assert_eq!(place(json!({ "pair": [1, 2] })), ("/pair/1".to_owned(), true));
        assert_eq!(place(json!({ "pair": [1, "a", 3] })).0, "/pair");
        assert_eq!(
            place(json!({ "children": [{ "wrapped": 1, "ready": true }, { "wrapped": 256, "ready": true }] })).0,
            "/children/1/wrapped"
        );
        assert_eq!(
            place(json!({ "byName": { "a/b": { "mixed": [1, 300] } } })),
            ("/byName/a~1b/mixed/1".to_owned(), true)
        );
        assert_eq!(place(json!({ "unknown": 1 })).0, "/unknown");
        assert_eq!(place(json!({ "text": null })), ("/text".to_owned(), true));
        assert_eq!(place(json!({ "color": 1 })).0, "/color");
    }
}
