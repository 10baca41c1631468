//! Where records are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::vocabulary::{DriveId, HeaderRow, ItemId, ListId, SiteId, WorksheetId};
use connector_sdk::schema::rules;

/// Where a record is: what its object needs of it. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::at_most_one(&["folderId", "folderPath"]))]
pub struct RecordPlace {
    /// Of a file, a folder, a worksheet and a row: the drive. The default is the OneDrive of the signed-in user, or of
    /// the default user of an app's connection.
    pub drive: Option<DriveId>,
    /// Of a new folder: the folder that it comes into. The default is the top of the drive.
    #[schemars(extend("x-picklist" = "folders"))]
    pub folder_id: Option<ItemId>,
    /// Of a new folder: the folder that it comes into by its path from the top of the drive, in place of its id.
    #[schemars(length(min = 1, max = 400))]
    pub folder_path: Option<String>,
    /// Of a list and an item of a list: the site.
    pub site: Option<SiteId>,
    /// Of an item of a list: the list.
    pub list: Option<ListId>,
    /// Of a worksheet and a row: the workbook, by the id of its file.
    #[schemars(extend("x-picklist" = "workbooks"))]
    pub workbook: Option<ItemId>,
    /// Of a row: the worksheet.
    pub worksheet: Option<WorksheetId>,
    /// Of a row: the row with the names of the columns, counted from 1; the default is the first.
    pub header_row: Option<HeaderRow>,
}

impl RecordPlace {
    /// Its properties.
    pub const NAMES: &[&str] =
        &["drive", "folderId", "folderPath", "site", "list", "workbook", "worksheet", "headerRow"];

    /// What was given, by name.
    pub(super) fn given(&self) -> Map<String, Value> {
        let Ok(Value::Object(all)) = serde_json::to_value(self) else { return Map::new() };
        all.into_iter().filter(|(_, value)| !value.is_null()).collect()
    }
}
