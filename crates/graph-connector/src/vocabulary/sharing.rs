//! Who may do what with a file, and what it was before.

use connector_sdk::{Context, Error, Result, Zone};
use outlook_connector::vocabulary::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The id of a permission.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 512))]
pub struct PermissionId(pub String);

/// The id of a version, such as `3.0`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 100))]
pub struct VersionId(pub String);

/// What a sharing link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum LinkType {
    /// To read.
    View,
    /// To read and write.
    Edit,
    /// To show it within a page; only for files in a personal OneDrive.
    Embed,
}

/// For whom a sharing link works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum LinkScope {
    /// For whoever has it, without signing in. An administrator may have forbidden it.
    Anonymous,
    /// For everybody who is signed in to the organisation.
    Organization,
    /// For chosen people.
    Users,
}

/// What somebody may do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Role {
    /// Read it.
    Read,
    /// Read and write it.
    Write,
}

/// When a permission ends, as Graph takes it.
///
/// # Errors
/// `invalid_input` at `/expiration` for what is no time, or has passed.
pub fn expiration(moment: Option<&Moment>, cx: &Context) -> Result<Option<String>> {
    let Some(moment) = moment else { return Ok(None) };
    let utc = Zone::utc();
    // There is no zone beside it; a day is said to be one of UTC.
    let end = moment.instant(moment.is_day().then_some(&utc), "expiration")?;
    if end <= cx.now {
        return Err(Error::invalid("/expiration", "has passed already"));
    }
    if end.subsec_nanosecond() != 0 {
        return Err(Error::invalid("/expiration", "Graph takes whole seconds here"));
    }
    Ok(Some(end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
}

/// A permission on a file or folder, as Graph returns it; see [the permission resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/permission
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "permission"))]
pub struct Permission {
    /// The id.
    pub id: String,
    /// Roles that it grants: `read`, `write`, `owner`.
    pub roles: Option<Vec<String>>,
    /// Whom it was given to, where that is not a link.
    pub granted_to_v2: Option<Map<String, Value>>,
    /// For whom a link works, where they were chosen.
    pub granted_to_identities_v2: Option<Vec<Map<String, Value>>>,
    /// The link, where it is one: its address (`webUrl`), type and scope.
    pub link: Option<SharingLink>,
    /// The invitation that created the permission.
    pub invitation: Option<Map<String, Value>>,
    /// The folder that it comes from; null where it belongs to the item itself.
    pub inherited_from: Option<Map<String, Value>>,
    /// When it ends, in UTC.
    pub expiration_date_time: Option<String>,
    /// Whether a password is asked for.
    pub has_password: Option<bool>,
    /// The token by which `shares` knows the item.
    pub share_id: Option<String>,
}

/// A sharing link.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "sharingLink"))]
pub struct SharingLink {
    /// Address of the link, to pass on.
    pub web_url: Option<String>,
    /// Kind of link: `view`, `edit`, `embed`.
    pub r#type: Option<String>,
    /// For whom it works: `anonymous`, `organization`, `users`.
    pub scope: Option<String>,
    /// The HTML that shows the file within a page, for a link to embed.
    pub web_html: Option<String>,
    /// Whether people can only view the item and not download it.
    pub prevents_download: Option<bool>,
    /// The app that made it.
    pub application: Option<Map<String, Value>>,
}

/// A version of a file, as Graph returns it; see [the driveItemVersion resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/driveitemversion
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "driveItemVersion"))]
pub struct DriveItemVersion {
    /// The id, such as `3.0`.
    pub id: String,
    /// When it was made, in UTC.
    pub last_modified_date_time: Option<String>,
    /// Who made it.
    pub last_modified_by: Option<Map<String, Value>>,
    /// Its size in bytes.
    pub size: Option<u64>,
}
