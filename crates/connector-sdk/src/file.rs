//! Files as input and output.
//!
//! A connector never opens a file. It names one, and the host reads or writes it in pieces, so
//! gigabytes pass in flat memory.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// A file given as input.
///
/// Three forms: `{"file": "name"}` names a file that the caller attached to the run (the command
/// line attaches what is written as `@path`), or a temporary file of the host by its id;
/// `{"base64": "…"}` and `{"text": "…"}` carry it inside.
///
/// ```
/// use connector_sdk::FileRef;
///
/// let file: FileRef = serde_json::from_str(r#"{"base64":"SGk="}"#).unwrap();
/// assert_eq!(file.inline().unwrap().unwrap(), "Hi");
/// let file: FileRef = serde_json::from_str(r#"{"file":"report"}"#).unwrap();
/// assert_eq!(file.inline().unwrap(), None, "an attached file is read by the host");
/// ```
#[derive(Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
#[non_exhaustive]
pub enum FileRef {
    /// A file attached to the run under this name, or a temporary file with this id.
    Attached {
        /// Name that the file was attached under.
        file: String,
    },
    /// Content in the input itself, in base64.
    Base64 {
        /// Content in base64.
        base64: String,
    },
    /// Content in the input itself, as UTF-8 text.
    Text {
        /// Content as text.
        text: String,
    },
}

impl FileRef {
    /// Returns the content, where the input carries it; `None` for an attached file.
    ///
    /// # Errors
    /// `invalid_input` when the base64 is not valid.
    pub fn inline(&self) -> Result<Option<Bytes>> {
        match self {
            FileRef::Attached { .. } => Ok(None),
            FileRef::Text { text } => Ok(Some(Bytes::copy_from_slice(text.as_bytes()))),
            FileRef::Base64 { base64 } => STANDARD
                .decode(base64.as_bytes())
                .map(|bytes| Some(bytes.into()))
                .map_err(|error| Error::invalid("", format!("a file's base64 is not valid: {error}"))),
        }
    }
}

/// Formats the form of the reference alone: contents may be private and large.
impl fmt::Debug for FileRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileRef::Attached { file } => write!(f, "FileRef(@{file})"),
            FileRef::Base64 { base64 } => write!(f, "FileRef({} base64 letters)", base64.len()),
            FileRef::Text { text } => write!(f, "FileRef({} bytes)", text.len()),
        }
    }
}

impl JsonSchema for FileRef {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "FileRef".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "x-file": true,
            "description": "A file: attached by name, or carried as base64 or text.",
            "properties": {
                "file": { "type": "string", "minLength": 1, "description": "The name of a file attached to the run, or the id of a temporary file. On the command line, write @path as the value." },
                "base64": { "type": "string", "contentEncoding": "base64", "description": "The content as base64." },
                "text": { "type": "string", "description": "The content as text, stored as UTF-8." }
            },
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1
        })
    }
}

/// Metadata of a file, known before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileMeta {
    /// Size in bytes.
    pub size: u64,
    /// Name without folders, if it has one.
    pub name: Option<String>,
    /// Media type, if it is known.
    pub content_type: Option<String>,
}

impl FileMeta {
    /// Creates the metadata of a file of this size, in bytes.
    pub fn new(size: u64) -> FileMeta {
        FileMeta { size, name: None, content_type: None }
    }
    /// Sets the name without folders.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<Option<String>>) -> FileMeta {
        self.name = name.into();
        self
    }
    /// Sets the media type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<Option<String>>) -> FileMeta {
        self.content_type = content_type.into();
        self
    }
}

/// A file that an action returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct File {
    /// The file name, made safe for a file system.
    pub name: String,
    /// The name as the server gave it, if it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_name: Option<String>,
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// A warning about the file, such as a size that differs from the one that Graph lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Path at which the host stored the file, if the caller named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Id of the temporary file in which the host stored the content, if it did; an input names the file by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The content as base64, if it is stored nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

impl File {
    /// Creates a file of this size, in bytes, that says nothing of its content yet.
    pub fn new(name: impl Into<String>, content_type: impl Into<String>, size: u64) -> File {
        File {
            name: name.into(),
            original_name: None,
            content_type: content_type.into(),
            size,
            warning: None,
            path: None,
            file: None,
            base64: None,
        }
    }
    /// Sets the path at which the host stored the file.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> File {
        self.path = Some(path.into());
        self
    }
    /// Sets the id of the temporary file in which the host stored the content, and its size in bytes.
    #[must_use]
    pub fn with_file(mut self, id: impl Into<String>, size: u64) -> File {
        self.file = Some(id.into());
        self.size = size;
        self
    }
    /// Sets the size and the base64 from the content.
    #[must_use]
    pub fn with_content(mut self, content: &[u8]) -> File {
        self.size = content.len() as u64;
        self.base64 = Some(STANDARD.encode(content));
        self
    }
}
