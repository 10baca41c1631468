//! Drives.

use connector_sdk::schema::rules;
use connector_sdk::{Context, Error, Request, Result, Root};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::permissions::DRIVES_SEE;

/// A drive.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(inline, extend(
    "x-picklist" = "drives",
    "minLength" = 1,
    "maxLength" = 512,
    "x-forms" = "By its id; as `me`, the OneDrive of the signed-in user or of the default user of an app's connection; or, with an id behind the colon, as `user:…`, `group:…` or `site:…`, the default drive of that one."
))]
pub struct DriveId(pub String);

/// Which drive a [`DriveId`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriveName<'a> {
    /// That of the signed-in user, or of the default user of an app's connection.
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

/// Where requests to what is in a drive begin. Only with a context can it be made, so that the drive of "me" is
/// somebody's.
#[derive(Debug, Clone)]
pub enum DriveRoot {
    /// The default drive of a person.
    Person(Root),
    /// Another one: what its requests begin with, the name of the variable in it, and its value.
    Named(&'static str, &'static str, String),
}

impl DriveRoot {
    /// Of a drive that an input names; without one, of the default drive. `property` names the input property, for the
    /// error.
    ///
    /// # Errors
    /// `invalid_input` when an app is signed in and it is nobody's drive.
    pub fn of(drive: Option<&DriveId>, cx: &Context, property: &str) -> Result<DriveRoot> {
        Ok(match drive.map_or(DriveName::Own, DriveId::name) {
            DriveName::Own => DriveRoot::Person(cx.person(None, property)?),
            DriveName::User(user) => DriveRoot::Person(Root::user(user)),
            DriveName::Group(group) => DriveRoot::Named("/groups/{group}/drive", "group", group.to_owned()),
            DriveName::Site(site) => DriveRoot::Named("/sites/{site}/drive", "site", site.to_owned()),
            DriveName::Id(id) => DriveRoot::Named("/drives/{drive}", "drive", id.to_owned()),
        })
    }

    /// A request to the drive, or to something below it.
    pub fn request(&self, method: Method, below: &str) -> Request {
        match self {
            DriveRoot::Person(root) => root.request(method, &format!("/drive{below}")),
            DriveRoot::Named(start, variable, value) => {
                Request::new(method, format!("{start}{below}")).path_param(variable, value.as_str())
            }
        }
    }
}

/// Whose drives. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(
    transform = rules::only_with(&["ownerId", "owner=user", "owner=group", "owner=site"]),
    transform = rules::needed_with(&["ownerId", "owner=user", "owner=group", "owner=site"])
)]
pub struct DrivesOf {
    /// Whose drives.
    #[serde(default)]
    pub owner: Owner,
    /// The id of the user, group or site; a user's principal name will do too. Not with `me`.
    #[schemars(length(min = 1, max = 400))]
    pub owner_id: Option<String>,
}

impl DrivesOf {
    /// The request that lists them.
    ///
    /// # Errors
    /// `invalid_input` when it is not said whose, or an app is signed in and it is nobody's.
    pub fn request(self, cx: &Context) -> Result<Request> {
        Ok(match (self.owner, self.owner_id) {
            (Owner::Me, None) => cx.person(None, "owner")?.get("/drives"),
            (Owner::Me, Some(_)) => {
                return Err(Error::invalid("/ownerId", "the drives of `me` need no id; name `owner`"));
            }
            (_, None) => return Err(Error::invalid("/ownerId", "say whose drives: the id is missing")),
            (Owner::User, Some(id)) => {
                let root = cx.person(Some(&id), "ownerId")?;
                if root.is_shared() { root.get("/drives").with_scopes(DRIVES_SEE) } else { root.get("/drives") }
            }
            (Owner::Group, Some(id)) => {
                Request::get("/groups/{group}/drives").path_param("group", id).with_scopes(DRIVES_SEE)
            }
            (Owner::Site, Some(id)) => Request::get("/sites/{site}/drives").path_param("site", id),
        })
    }
}

/// Whose drives.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Owner {
    /// Those of the signed-in user, or of the default user of an app's connection.
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
    /// Kind of drive: `personal`, `business` or `documentLibrary`.
    pub drive_type: Option<String>,
    /// Whose it is.
    pub owner: Option<Map<String, Value>>,
    /// Used and total storage, in bytes.
    pub quota: Option<Map<String, Value>>,
    /// Where to open it.
    pub web_url: Option<String>,
    /// When it was made, in UTC.
    pub created_date_time: Option<String>,
    /// When it was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
}
