//! Reading of inputs into their types, with JSON Pointers in errors.
//!
//! The input has been validated against the schema, so what fails here is what a schema cannot say, such as the name of
//! a time zone. That is rare, and every run reads: texts are moved, not copied, and a place is put together on the way
//! out of an error, not kept on the way in.

use std::fmt::{self, Display};
use std::iter;

use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use crate::{Error, Result, schema};

/// Name of the struct by which serde_json recognises a request for raw text.
const RAW: &str = "$serde_json::private::RawValue";

/// Reads an input into its type.
///
/// # Errors
/// `invalid_input` with one violation and its place.
pub(crate) fn read<T: DeserializeOwned>(input: Value) -> Result<T> {
    T::deserialize(Input(input)).map_err(|misread| Error::invalid(misread.pointer(), misread.why))
}

/// A mismatch between the input and its type.
#[derive(Debug)]
struct InputError {
    why: String,
    // Where, the innermost name first.
    place: Vec<String>,
}

impl InputError {
    fn below(mut self, name: impl Into<String>) -> InputError {
        self.place.push(name.into());
        self
    }

    fn pointer(&self) -> String {
        self.place.iter().rev().map(|name| format!("/{}", schema::escape(name))).collect()
    }
}

impl de::Error for InputError {
    fn custom<T: Display>(why: T) -> InputError {
        InputError { why: why.to_string(), place: Vec::new() }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> InputError {
        match found {
            // In JSON nothing is called a unit.
            Unexpected::Unit => InputError::custom(format_args!("invalid type: null, expected {expected}")),
            found => InputError::custom(format_args!("invalid type: {found}, expected {expected}")),
        }
    }
}

impl Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for InputError {}

struct Input(Value);

impl<'de> Deserializer<'de> for Input {
    type Error = InputError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InputError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::String(text) => visitor.visit_string(text),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (.., Some(number)) => visitor.visit_f64(number),
                _ => Err(de::Error::custom("the number is too large")),
            },
            Value::Array(items) => {
                let mut elements = Elements { count: 0, rest: items.into_iter() };
                let value = visitor.visit_seq(&mut elements)?;
                all_read(elements.count, elements.rest.len(), &"fewer elements")?;
                Ok(value)
            }
            Value::Object(object) => {
                let mut members = Members { count: 0, rest: object.into_iter(), open: None };
                let value = visitor.visit_map(&mut members)?;
                all_read(members.count, members.rest.len(), &"fewer properties")?;
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, InputError> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, InputError> {
        if name == RAW {
            return visitor.visit_map(MapDeserializer::new(iter::once((RAW, self.0.to_string()))));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, InputError> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(name.into_deserializer()),
            Value::Object(object) => {
                let members = Members { count: 0, rest: object.into_iter(), open: None };
                visitor.visit_enum(MapAccessDeserializer::new(members))
            }
            _ => Err(de::Error::invalid_type(Unexpected::Other("neither"), &"a name, or an object with one property")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

fn all_read(read: usize, left: usize, expected: &dyn Expected) -> Result<(), InputError> {
    if left == 0 { Ok(()) } else { Err(de::Error::invalid_length(read + left, expected)) }
}

struct Elements {
    count: usize,
    rest: std::vec::IntoIter<Value>,
}

impl<'de> SeqAccess<'de> for Elements {
    type Error = InputError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, InputError> {
        let Some(element) = self.rest.next() else { return Ok(None) };
        let place = self.count;
        self.count += 1;
        seed.deserialize(Input(element)).map(Some).map_err(|misread| misread.below(place.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Members {
    count: usize,
    rest: <Map<String, Value> as IntoIterator>::IntoIter,
    // The property whose name was read, and whose value is next.
    open: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Members {
    type Error = InputError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, InputError> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.count += 1;
        let key = seed
            .deserialize(name.as_str().into_deserializer())
            .map_err(|misread: InputError| misread.below(name.as_str()))?;
        self.open = Some((name, value));
        Ok(Some(key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, InputError> {
        let Some((name, value)) = self.open.take() else {
            return Err(de::Error::custom("a value was asked for before its name"));
        };
        seed.deserialize(Input(value)).map_err(|misread| misread.below(name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
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
