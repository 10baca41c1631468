//! What is left to say where Graph answers with nothing.

use schemars::JsonSchema;
use serde::Serialize;

/// Something was changed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Updated {
    /// Graph made the change.
    pub updated: bool,
}

/// Somebody was made a member or an owner.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Added {
    /// Graph made the change.
    pub added: bool,
}

/// Somebody is no longer a member or an owner.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Taken {
    /// Graph made the change.
    pub removed: bool,
}
