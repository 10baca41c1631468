//! The properties of an object that is made or changed.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Edit, Error, Result};

/// The properties of an object that is made or changed, on their way into a body.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// The properties of a struct. What is not to be sent, it must skip; see [`crate::Edit`].
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

    /// Adds properties as Graph names them. They win over those that are there.
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

    /// Adds the properties of another.
    #[must_use]
    pub fn and_all(self, more: Fields) -> Fields {
        self.and(more.0)
    }

    /// Adds what is to become of a property, unless it is kept.
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

    /// Where asked, makes every empty text a `null`, which clears the property: for callers whose tables
    /// have no other way to say it.
    #[must_use]
    pub fn clear_empty(mut self, asked: bool) -> Fields {
        if asked {
            self.0.values_mut().filter(|value| value.as_str() == Some("")).for_each(|value| *value = Value::Null);
        }
        self
    }

    /// The properties, such as for an object within another one.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Itself, unless there is nothing to change.
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

    /// Whether the property is there.
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
