//! What a request carries.

use std::ops::Range;

use bytes::Bytes;

use crate::FileRef;

/// What a request carries.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// JSON, printed already.
    Json(Bytes),
    /// Bytes of a given media type.
    Bytes(String, Bytes),
    /// `application/x-www-form-urlencoded` pairs.
    Form(Vec<(String, String)>),
    /// `multipart/form-data` parts.
    Multipart(Vec<Part>),
    /// A part of a file, read by the host when the request is sent.
    File {
        /// The file.
        file: FileSource,
        /// The bytes of it to send; all of them when absent.
        range: Option<Range<u64>>,
        /// Its media type.
        content_type: String,
    },
}

/// A file in a body, compared by name.
#[derive(Debug, Clone)]
pub struct FileSource(pub FileRef);

impl PartialEq for FileSource {
    fn eq(&self, other: &FileSource) -> bool {
        format!("{:?}", self.0) == format!("{:?}", other.0)
    }
}
impl Eq for FileSource {}

/// One part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file's name, if the part is a file.
    pub file_name: Option<String>,
    /// The media type, if it is not text.
    pub content_type: Option<String>,
    /// The content.
    pub content: PartContent,
}

/// The content of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartContent {
    /// A text.
    Text(String),
    /// A file, read by the host.
    File(FileSource),
}
