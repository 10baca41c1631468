//! What the connector notices, one trigger to a file.

pub mod deleted_group;
pub mod deleted_user;
pub mod group_member_added;
pub mod group_member_removed;
pub mod new_directory_audit;
pub mod new_group;
pub mod new_or_updated_group;
pub mod new_or_updated_user;
pub mod new_sign_in;
pub mod new_user;

use schemars::JsonSchema;
use serde::Deserialize;

/// How something was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Reason {
    /// In any way.
    #[default]
    Any,
    /// So that it can be restored.
    Soft,
    /// For good.
    Permanent,
}

impl Reason {
    fn includes(self, reason: Option<&str>) -> bool {
        match self {
            Reason::Any => true,
            Reason::Soft => reason == Some("changed"),
            Reason::Permanent => reason == Some("deleted"),
        }
    }
}
