//! Lists of what is in folders in folders.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::{Error, List};

/// The output of an action that lists what is in a folder and in those below it: a list, and which of the folders
/// below could not be read. One that cannot be read holds up no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Levels<T> {
    /// The list.
    #[serde(flatten)]
    pub list: List<T>,
    /// The folders whose content is not in the list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread_folders: Vec<UnreadFolder>,
}

/// A folder that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
#[non_exhaustive]
pub struct UnreadFolder {
    /// The folder's id.
    pub id: String,
    /// Why it could not be read.
    pub reason: String,
}

impl UnreadFolder {
    /// Creates the record of a folder and the error of reading it.
    pub fn new(id: impl Into<String>, error: &Error) -> UnreadFolder {
        UnreadFolder { id: id.into(), reason: error.message().to_owned() }
    }
}

impl<T> Levels<T> {
    /// Creates the output of a list without the content of these folders.
    pub fn new(list: List<T>, unread_folders: Vec<UnreadFolder>) -> Levels<T> {
        Levels { list, unread_folders }
    }
}

impl<T> From<List<T>> for Levels<T> {
    fn from(list: List<T>) -> Levels<T> {
        Levels { list, unread_folders: Vec::new() }
    }
}

impl<T: JsonSchema> JsonSchema for Levels<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("LevelsOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = List::<T>::json_schema(generator);
        let unread = json_schema!({
            "type": "array",
            "items": generator.subschema_for::<UnreadFolder>(),
            "description": "The folders below whose content could not be read, so that it is not in the list. Absent where all were read."
        });
        if let Some(properties) = schema.ensure_object().get_mut("properties").and_then(|all| all.as_object_mut()) {
            properties.insert("unreadFolders".into(), unread.into());
        }
        schema
    }
}
