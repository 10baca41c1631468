//! Targets of requests, and versions of the API.

use crate::Link;
use crate::path::Path;

/// Version of the Graph API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
// Closed: everything that sends knows both, and another version of Graph would be another API.
pub enum ApiVersion {
    /// `v1.0`, the default unless the request or its connection says otherwise.
    #[default]
    V1,
    /// `beta`, which Microsoft may change at any time.
    Beta,
}

/// Target of a request, below the connection's Graph origin.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// A path template with values.
    Path(Path),
    /// A path that the user wrote, sent unchanged; for raw requests.
    Literal(String),
    /// A link that Graph returned.
    Link(Link),
}
