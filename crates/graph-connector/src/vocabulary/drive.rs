//! Drives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A drive: its id; `me` for the OneDrive of the signed-in user; or the default drive of a user, a group or a site, as `user:meganb@contoso.example`, `group:` or `site:` and an id.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "drives", "minLength" = 1, "maxLength" = 512))]
pub struct DriveId(pub String);

impl Default for DriveId {
    fn default() -> DriveId {
        DriveId("me".to_owned())
    }
}

/// Which drive a [`DriveId`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriveName<'a> {
    /// That of the signed-in user.
    Own,
    /// The default one of a user.
    User(&'a str),
    /// The default one of a group.
    Group(&'a str),
    /// The default one of a site.
    Site(&'a str),
    /// The one with this id.
    Id(&'a str),
}

impl DriveId {
    /// Which drive it names. An id of a drive has no colon.
    pub fn name(&self) -> DriveName<'_> {
        match self.0.split_once(':') {
            None if self.0.eq_ignore_ascii_case("me") => DriveName::Own,
            Some(("user", user)) => DriveName::User(user),
            Some(("group", group)) => DriveName::Group(group),
            Some(("site", site)) => DriveName::Site(site),
            _ => DriveName::Id(&self.0),
        }
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
