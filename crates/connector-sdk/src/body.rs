//! Request bodies.

use std::ops::Range;

use bytes::Bytes;

use crate::FileRef;

/// Body of a request.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
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
#[must_use]
#[non_exhaustive]
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

impl MultipartPart {
    /// Creates a part that is no file.
    pub fn new(name: impl Into<String>, content: PartContent) -> MultipartPart {
        MultipartPart { name: name.into(), file_name: None, content_type: None, content }
    }
    /// Sets the file name.
    pub fn with_file_name(mut self, name: impl Into<String>) -> MultipartPart {
        self.file_name = Some(name.into());
        self
    }
    /// Sets the media type.
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> MultipartPart {
        self.content_type = Some(content_type.into());
        self
    }
}

/// Content of a part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartContent {
    /// Text, sent as UTF-8.
    Text(String),
    /// A file, read by the host.
    File(FileSource),
}
