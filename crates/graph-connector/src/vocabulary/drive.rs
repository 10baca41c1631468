//! Drives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A drive: its id, or `me` for the OneDrive of the signed-in user.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "drives", "minLength" = 1, "maxLength" = 512))]
pub struct DriveId(pub String);

impl Default for DriveId {
    fn default() -> DriveId {
        DriveId("me".to_owned())
    }
}

/// Whose drives.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Owner {
    /// Those of the signed-in user.
    #[default]
    Me,
    /// Those of a user.
    User,
    /// Those of a group.
    Group,
    /// Those of a site.
    Site,
}

/// A drive: a OneDrive, or a document library of SharePoint.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "drive"))]
pub struct Drive {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What kind of drive it is: `personal`, `business` or `documentLibrary`.
    pub drive_type: Option<String>,
    /// Whose it is.
    pub owner: Option<Map<String, Value>>,
    /// How much it holds, and may hold, in bytes.
    pub quota: Option<Map<String, Value>>,
    /// Where to open it.
    pub web_url: Option<String>,
    /// When it was made, in UTC.
    pub created_date_time: Option<String>,
    /// When it was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
}
