//! Edits of a property of an existing object: keep, clear or set.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Edit of a property: absent keeps it, an explicit `null` clears it, a value sets it.
///
/// A field of this type is written `#[serde(default)]` in an input, and
/// `#[serde(default, skip_serializing_if = "Edit::is_keep")]` where the same struct is the body.
///
/// ```
/// use connector_sdk::Edit;
///
/// #[derive(serde::Deserialize)]
/// struct Update {
///     #[serde(default)]
///     city: Edit<String>,
/// }
/// let city = |input| serde_json::from_str::<Update>(input).unwrap().city;
/// assert_eq!(city("{}"), Edit::Keep);
/// assert_eq!(city(r#"{"city":null}"#), Edit::Clear);
/// assert_eq!(city(r#"{"city":"Rome"}"#), Edit::Set("Rome".to_owned()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
// Closed: a property of a JSON object is absent, null or has a value.
pub enum Edit<T> {
    /// Leave the property unchanged.
    #[default]
    Keep,
    /// Clear the property.
    Clear,
    /// Set the property to this value.
    Set(T),
}

impl<T> Edit<T> {
    /// Returns whether the property stays unchanged.
    pub fn is_keep(&self) -> bool {
        matches!(self, Edit::Keep)
    }
    /// Returns the value to set, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Edit::Set(value) => Some(value),
            Edit::Keep | Edit::Clear => None,
        }
    }
    /// Maps the value to set, if there is one.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Edit<U> {
        match self {
            Edit::Keep => Edit::Keep,
            Edit::Clear => Edit::Clear,
            Edit::Set(value) => Edit::Set(f(value)),
        }
    }
    /// Maps the value to set, if there is one, with a function that may fail.
    ///
    /// # Errors
    /// Those of `f`.
    pub fn try_map<U, E>(self, f: impl FnOnce(T) -> Result<U, E>) -> Result<Edit<U>, E> {
        Ok(match self {
            Edit::Keep => Edit::Keep,
            Edit::Clear => Edit::Clear,
            Edit::Set(value) => Edit::Set(f(value)?),
        })
    }
}

impl<T> Edit<Vec<T>> {
    /// Turns clearing into setting an empty list, which is how Graph clears a list.
    pub fn emptied(self) -> Edit<Vec<T>> {
        match self {
            Edit::Clear => Edit::Set(Vec::new()),
            other => other,
        }
    }
}

/// Converts `None` to [`Edit::Keep`].
impl<T> From<Option<T>> for Edit<T> {
    fn from(value: Option<T>) -> Edit<T> {
        value.map_or(Edit::Keep, Edit::Set)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Edit<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Edit<T>, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Edit::Clear, Edit::Set))
    }
}

impl<T: Serialize> Serialize for Edit<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Edit<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("EditOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
    struct Input {
        #[serde(default, skip_serializing_if = "Edit::is_keep")]
        name: Edit<String>,
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        for (text, name) in
            [("{}", Edit::Keep), (r#"{"name":null}"#, Edit::Clear), (r#"{"name":"x"}"#, Edit::Set("x".to_owned()))]
        {
            let input: Input = serde_json::from_str(text).unwrap();
            assert_eq!(input, Input { name });
            assert_eq!(serde_json::to_string(&input).unwrap(), text);
        }
    }

    #[test]
    fn the_schema_allows_null_and_does_not_require() {
        let schema = crate::schema::input::<Input>("T");
        assert_eq!(schema["properties"]["name"]["type"], serde_json::json!(["string", "null"]));
        assert_eq!(schema.get("required"), None);
    }
}
