//! Findings: contradictions between a request and the metadata.

use std::fmt;

/// A contradiction between a request and the metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Kind of the contradiction.
    pub kind: Kind,
    /// JSON Pointer into the request, such as `/body/message/subjct` or `/url`.
    pub pointer: String,
    /// Description of what is wrong, and what would be right where that can be guessed.
    pub message: String,
}

/// Kind of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The path leads to nothing.
    Path,
    /// The path does not accept this method.
    Method,
    /// The property or parameter does not exist.
    Property,
    /// A value is of another kind than the property.
    Value,
    /// The member of an enumeration does not exist.
    Member,
    /// A query option names what does not exist.
    Query,
    /// An advanced query lacks what it needs.
    Advanced,
    /// A change lacks the version that it is made to.
    Version,
    /// A link to another object has the wrong form.
    Reference,
    /// A batch breaks one of its limits.
    Batch,
}

impl Finding {
    pub(crate) fn new(kind: Kind, pointer: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding { kind, pointer: pointer.into(), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}
