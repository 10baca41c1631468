//! Request bodies.

use std::ops::Range;

use bytes::Bytes;

use crate::FileRef;

/// Body of a request.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Body {
    /// No body.
    #[default]
    Empty,
    /// Serialized JSON.
    Json(Bytes),
    /// Bytes with their media type.
    Bytes(String, Bytes),
    /// Name-value pairs of `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// Parts of `multipart/form-data`.
    Multipart(Vec<MultipartPart>),
    /// A file or a range of it, read by the host when the request is sent.
    File {
        /// File to send.
        file: FileSource,
        /// Range of bytes to send; the whole file when absent.
        range: Option<Range<u64>>,
        /// Media type of the file.
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

/// A part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultipartPart {
    /// Name of the form field.
    pub name: String,
    /// File name, if the part is a file.
    pub file_name: Option<String>,
    /// Media type; absent for text.
    pub content_type: Option<String>,
    /// Content of the part.
    pub content: PartContent,
}

/// Content of a part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartContent {
    /// Text, sent as UTF-8.
    Text(String),
    /// A file, read by the host.
    File(FileSource),
}
