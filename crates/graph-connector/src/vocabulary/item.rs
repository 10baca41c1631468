//! Files and folders, and where they are.

use connector_sdk::schema::rules;
use connector_sdk::{Context, Error, Request, Result};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DriveId, DriveRoot};

/// The id of a file or folder.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 512))]
pub struct ItemId(pub String);

/// Which file or folder. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::one_of(&["itemId", "path"]))]
pub struct Place {
    /// The drive; the default is the OneDrive of the signed-in user, or of the default user of an app's connection.
    #[serde(default)]
    pub drive: Option<DriveId>,
    /// The id of the file or folder.
    pub item_id: Option<ItemId>,
    /// Its path from the top of the drive, in place of the id: `Documents/Budget.csv`.
    #[schemars(length(min = 1, max = 400))]
    pub path: Option<String>,
}

/// Which folder. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::at_most_one(&["folderId", "folderPath"]))]
pub struct FolderPlace {
    /// The drive; the default is the OneDrive of the signed-in user, or of the default user of an app's connection.
    #[serde(default)]
    pub drive: Option<DriveId>,
    /// The folder by its id; without it and `folderPath`, the top of the drive.
    #[schemars(extend("x-picklist" = "folders"))]
    pub folder_id: Option<ItemId>,
    /// The folder by its path from the top of the drive, in place of its id.
    #[schemars(length(min = 1, max = 400))]
    pub folder_path: Option<String>,
}

impl Place {
    /// A request to it, or to something `below` it, such as `/content`.
    ///
    /// # Errors
    /// `invalid_input` when neither or both of id and path are there, or the drive is nobody's.
    pub fn request(&self, cx: &Context, method: Method, below: &str) -> Result<Request> {
        match (&self.item_id, &self.path) {
            (None, None) => Err(Error::invalid("/itemId", "say which: by `itemId` or by `path`")),
            (Some(_), Some(_)) => Err(Error::invalid("/path", "`itemId` and `path` exclude each other")),
            (id, path) => Ok(address(
                &DriveRoot::of(self.drive.as_ref(), cx, "drive")?,
                method,
                id.as_ref(),
                path.as_deref(),
                below,
            )),
        }
    }
}

impl FolderPlace {
    /// A request to it, or to something `below` it, such as `/children`.
    ///
    /// # Errors
    /// `invalid_input` when both id and path are there, or the drive is nobody's.
    pub fn request(&self, cx: &Context, method: Method, below: &str) -> Result<Request> {
        match (&self.folder_id, &self.folder_path) {
            (Some(_), Some(_)) => Err(Error::invalid("/folderPath", "`folderId` and `folderPath` exclude each other")),
            (id, path) => Ok(address(
                &DriveRoot::of(self.drive.as_ref(), cx, "drive")?,
                method,
                id.as_ref(),
                path.as_deref(),
                below,
            )),
        }
    }

    /// A request to what has, or will have, a name in it.
    ///
    /// # Errors
    /// As [`FolderPlace::request`].
    pub fn child(&self, cx: &Context, method: Method, name: &str, below: &str) -> Result<Request> {
        let drive = DriveRoot::of(self.drive.as_ref(), cx, "drive")?;
        let path = match &self.folder_path {
            Some(path) => format!("{}/{name}", path.trim_matches('/')),
            None => name.to_owned(),
        };
        match (&self.folder_id, &self.folder_path) {
            (Some(_), Some(_)) => Err(Error::invalid("/folderPath", "`folderId` and `folderPath` exclude each other")),
            (Some(folder), None) => {
                let child = drive.request(method, &format!("/items/{{item}}:/{{path}}:{below}"));
                Ok(child.path_param("item", folder.0.as_str()).path_param("path", name))
            }
            (None, _) => Ok(address(&drive, method, None, Some(&path), below)),
        }
    }
}

/// A request to a file or folder by its id or path, or to something `below` it; without both, to the top of the drive.
pub(super) fn address(
    drive: &DriveRoot,
    method: Method,
    id: Option<&ItemId>,
    path: Option<&str>,
    below: &str,
) -> Request {
    match (id, path.map(|path| path.trim_matches('/')).filter(|path| !path.is_empty())) {
        (Some(id), _) => drive.request(method, &format!("/items/{{item}}{below}")).path_param("item", id.0.as_str()),
        (None, Some(path)) => {
            let closed = if below.is_empty() { "" } else { ":" };
            drive.request(method, &format!("/root:/{{path}}{closed}{below}")).path_segments("path", path)
        }
        (None, None) => drive.request(method, &format!("/root{below}")),
    }
}

/// What happens when an item of that name exists already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Conflict {
    /// It is an error, and nothing changes.
    #[default]
    Fail,
    /// It is replaced.
    Replace,
    /// The new one gets a number behind its name.
    Rename,
}

impl Conflict {
    /// As Graph writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Conflict::Fail => "fail",
            Conflict::Replace => "replace",
            Conflict::Rename => "rename",
        }
    }
}

/// A file or folder.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "driveItem"))]
pub struct DriveItem {
    /// Its id in its drive.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// What it is about.
    pub description: Option<String>,
    /// When it was made, in UTC.
    pub created_date_time: Option<String>,
    /// When it was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
    /// Who made it.
    pub created_by: Option<Map<String, Value>>,
    /// Who changed it last.
    pub last_modified_by: Option<Map<String, Value>>,
    /// Its version with all of its properties.
    pub e_tag: Option<String>,
    /// The version of its content.
    pub c_tag: Option<String>,
    /// Where it is: drive, folder and path.
    pub parent_reference: Option<Map<String, Value>>,
    /// Where to open it.
    pub web_url: Option<String>,
    /// Properties of a file: media type and hashes. Absent for a folder.
    pub file: Option<Map<String, Value>>,
    /// Properties of a folder, such as the number of its items. Absent for a file.
    pub folder: Option<Map<String, Value>>,
    /// Times of creation and change on the machine that the file came from.
    pub file_system_info: Option<Map<String, Value>>,
}

/// What comes of an item when nothing is selected; more can be asked for by name.
pub const DRIVE_ITEM_FIELDS: &[&str] = &[
    "id",
    "name",
    "size",
    "description",
    "createdDateTime",
    "lastModifiedDateTime",
    "createdBy",
    "lastModifiedBy",
    "eTag",
    "cTag",
    "parentReference",
    "webUrl",
    "file",
    "folder",
    "fileSystemInfo",
];
