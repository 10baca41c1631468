//! What is wrong with a request.

use std::fmt;

/// One thing that contradicts the metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of contradiction it is.
    pub kind: Kind,
    /// Where: a JSON Pointer into the request, such as `/body/message/subjct` or `/url`.
    pub pointer: String,
    /// What is wrong, and what would be right where that can be guessed.
    pub message: String,
}

/// What kind of contradiction a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The path leads nowhere.
    Path,
    /// The path does not take this method.
    Method,
    /// There is no such property or parameter.
    Property,
    /// A value is of another kind than the property.
    Value,
    /// There is no such member of an enumeration.
    Member,
    /// A query option names what is not there.
    Query,
    /// An advanced query lacks what it needs.
    Advanced,
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
