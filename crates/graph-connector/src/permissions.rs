//! What things need, by [Microsoft's permission table][1]: the least privileged first.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/permissions-reference

use connector_sdk::{AnyOf, Scopes};

/// To read files.
pub const FILES_READ: Scopes = Scopes {
    delegated: AnyOf(&["Files.Read", "Files.ReadWrite", "Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"]),
    shared: AnyOf::NONE,
    application: Some(AnyOf(&["Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"])),
};

/// To write files and copy them.
pub const FILES_WRITE: Scopes = Scopes {
    delegated: AnyOf(&["Files.ReadWrite", "Files.ReadWrite.All", "Sites.ReadWrite.All"]),
    shared: AnyOf::NONE,
    application: Some(AnyOf(&["Files.ReadWrite.All", "Sites.ReadWrite.All"])),
};

/// To change and delete files.
pub const FILES_CHANGE: Scopes = Scopes {
    delegated: AnyOf(&["Files.ReadWrite", "Files.ReadWrite.All"]),
    shared: AnyOf::NONE,
    application: Some(AnyOf(&["Files.ReadWrite.All", "Sites.ReadWrite.All"])),
};
