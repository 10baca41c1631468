//! Properties of an object that is created or updated.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Edit, Error, Result};

/// Properties of an object that is created or updated, to be sent in a body.
///
/// ```
/// use connector_sdk::{Edit, Fields};
///
/// let fields = Fields::default().with("displayName", Some("Adele")).with("city", None::<&str>);
/// let fields = fields.edit("jobTitle", Edit::<String>::Clear).unwrap().not_empty().unwrap();
/// assert_eq!(serde_json::json!(fields), serde_json::json!({ "displayName": "Adele", "jobTitle": null }));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Creates the properties from a struct. It must skip what is not to be sent; see [`crate::Edit`].
    ///
    /// # Errors
    /// `bug` when it does not print as an object.
    pub fn of(body: &impl Serialize) -> Result<Fields> {
        match serde_json::to_value(body) {
            Ok(Value::Object(fields)) => Ok(Fields(fields)),
            Ok(_) => Err(Error::bug("a body is not an object")),
            Err(error) => Err(Error::bug("a body could not be written as JSON").caused_by(error)),
        }
    }

    /// Adds properties as Graph names them. They replace existing ones.
    #[must_use]
    pub fn and(mut self, more: Map<String, Value>) -> Fields {
        self.0.extend(more);
        self
    }

    /// Adds a property, if there is a value.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<impl Into<Value>>) -> Fields {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Adds all properties of another set.
    #[must_use]
    pub fn and_all(self, more: Fields) -> Fields {
        self.and(more.0)
    }

    /// Adds the edit of a property, unless it is kept.
    ///
    /// # Errors
    /// `bug` when the value does not print.
    pub fn edit<T: Serialize>(mut self, name: &str, edit: Edit<T>) -> Result<Fields> {
        if !edit.is_keep() {
            let value = serde_json::to_value(&edit)
                .map_err(|error| Error::bug("a body could not be written as JSON").caused_by(error))?;
            self.0.insert(name.to_owned(), value);
        }
        Ok(self)
    }

    /// Replaces every empty string by `null`, which clears the property, if `asked`: for callers whose tables have no
    /// other way to say it.
    #[must_use]
    pub fn clear_empty(mut self, asked: bool) -> Fields {
        if asked {
            self.0.values_mut().filter(|value| value.as_str() == Some("")).for_each(|value| *value = Value::Null);
        }
        self
    }

    /// Returns the properties as a map, such as for an object within another one.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// Returns whether there are no properties.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the properties, unless there are none.
    ///
    /// # Errors
    /// `invalid_input` when it is empty.
    pub fn not_empty(self) -> Result<Fields> {
        if self.is_empty() {
            Err(Error::invalid("", "there is nothing to change: give at least one property"))
        } else {
            Ok(self)
        }
    }

    /// Returns whether the property is present.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn empty_texts_are_cleared_only_where_asked() {
        let fields = Fields::of(&json!({ "name": "", "city": "Rome", "tags": [] })).unwrap();
        assert_eq!(json!(fields.clone().clear_empty(false)), json!({ "name": "", "city": "Rome", "tags": [] }));
        assert_eq!(json!(fields.clear_empty(true)), json!({ "name": null, "city": "Rome", "tags": [] }));
    }

    #[test]
    fn later_properties_win_and_nothing_is_refused() {
        let more = json!({ "city": "Oslo" }).as_object().cloned().unwrap();
        assert_eq!(json!(Fields::of(&json!({ "city": "Rome" })).unwrap().and(more)), json!({ "city": "Oslo" }));
        assert!(Fields::default().not_empty().is_err());
        assert!(Fields::of(&json!([1])).is_err());
    }
}
