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
