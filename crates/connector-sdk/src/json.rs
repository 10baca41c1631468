//! JSON that passes through as the text that was received.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{Error, Result, lenient};

/// A JSON value as text, sharing the buffer that it was received in.
///
/// What Graph returned is what the caller gets: cloning is a reference count, and nothing is
/// parsed and printed again on the way through.
///
/// ```
/// use connector_sdk::Json;
///
/// let user = Json::parse(r#"{"id": "u1", "age": 1.50}"#).unwrap();
/// assert_eq!(user.as_str(), r#"{"id": "u1", "age": 1.50}"#, "not a letter is changed");
/// let value: serde_json::Value = user.read().unwrap();
/// assert_eq!(value["id"], "u1");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Json(Bytes);

impl Json {
    /// Serializes a value.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Json> {
        serde_json::to_vec(value)
            .map(|text| Json(text.into()))
            .map_err(|error| Error::bug("an output could not be written as JSON").caused_by(error))
    }

    /// Creates a value from text that must be one JSON value; a byte order mark before it is skipped.
    ///
    /// # Errors
    /// `protocol` when it is none.
    pub fn parse(text: impl Into<Bytes>) -> Result<Json> {
        let text = text.into();
        let text = text.slice_ref(without_bom(&text));
        serde_json::from_slice::<&RawValue>(&text)
            .map_err(|error| Error::protocol("the answer is not JSON").caused_by(error))?;
        Ok(Json(text))
    }

    /// Returns a slice of `buffer` that a parser has just recognised as a JSON value.
    pub(crate) fn slice_of(buffer: &Bytes, raw: &RawValue) -> Json {
        Json(buffer.slice_ref(raw.get().as_bytes()))
    }

    /// Creates a value from text that is known to be one JSON value, without parsing it again. For text composed of
    /// values of this type; use [`Json::parse`] for anything else.
    pub fn trusted(text: impl Into<Bytes>) -> Json {
        Json(text.into())
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        // Every constructor has seen a JSON parser accept the text, which implies UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
    /// Returns the text as bytes, sharing the buffer.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }
    /// Deserializes the value leniently. A number where a text is expected is read as text, a text that holds a number
    /// as a number, and what fits in no way as absent, in a list too. Unknown properties are the type's business.
    ///
    /// So a type makes optional whatever its reader can do without, and gives no default that means something.
    ///
    /// # Errors
    /// `protocol` without what the type cannot do without.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.0).or_else(|error| {
            lenient::read(self.as_str())
                .ok_or_else(|| Error::protocol("an answer has an unexpected shape").caused_by(error))
        })
    }
    /// Returns the object with some properties replaced or removed. Everything else stays as it was sent, in its order.
    /// `None` if the value is no object.
    pub fn with_changes(&self, changes: &[(&str, Option<Json>)]) -> Option<Json> {
        let lenient::Entries(entries) = serde_json::from_str(self.as_str()).ok()?;
        let mut text = "{".to_owned();
        for (name, raw) in entries {
            let value = match changes.iter().find(|(changed, _)| *changed == name) {
                Some((_, None)) => continue,
                Some((_, Some(value))) => value.as_str(),
                None => raw.get(),
            };
            text += if text.len() > 1 { "," } else { "" };
            text += &format!("{}:{value}", serde_json::Value::from(name.as_ref()));
        }
        Some(Json::trusted(text + "}"))
    }
    /// Deserializes the value as [`Json::read`] does; `None` where it cannot be read.
    pub fn read_what_fits<T: DeserializeOwned>(&self) -> Option<T> {
        self.read().ok()
    }
}

/// Strips the byte order mark that some services write before UTF-8. JSON has none, but a reader may ignore it (RFC
/// 8259, 8.1).
pub fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serde_json::from_slice::<&RawValue>(&self.0).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

/// JSON exactly as Graph sent it, described by `T`.
///
/// The description does not filter: properties that `T` does not know stay in the output.
pub struct Raw<T>(Json, PhantomData<fn() -> T>);

impl<T> Raw<T> {
    /// Wraps `json` as described by `T`.
    pub fn new(json: Json) -> Raw<T> {
        Raw(json, PhantomData)
    }
    /// Returns the JSON.
    pub fn json(&self) -> &Json {
        &self.0
    }
    /// Returns the JSON, consuming the wrapper.
    pub fn into_json(self) -> Json {
        self.0
    }
}

impl<T> fmt::Debug for Raw<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> Serialize for Raw<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Raw<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_passes_through_unchanged() {
        let text = r#"{ "a" : 1.50 }"#;
        let json = Json::parse(text).unwrap();
        assert_eq!(json.as_str(), text);
        assert_eq!(serde_json::to_string(&[&json]).unwrap(), format!("[{text}]"));
        assert!(Json::parse("{").is_err());
    }
}
