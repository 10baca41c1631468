//! `update_drive_item`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Edit, Effect, Fields, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::FILES_CHANGE;
use crate::vocabulary::{DriveItem, ItemId, Place};

/// Rename a file or folder, describe it, or move it to another folder of the same drive. To copy it to another drive,
/// use `copy_drive_item`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Getting started.txt", "name": "Read me.txt" })]))]
#[schemars(transform = rules::something_beside(&["drive", "itemId", "path", "clearEmptyFields"]))]
pub struct UpdateDriveItem {
    /// Which.
    #[serde(flatten)]
    place: Place,
    /// Its new name.
    #[schemars(length(min = 1, max = 255), regex(pattern = r#"^[^"*:<>?/\\|]+$"#))]
    name: Option<String>,
    /// What it is about; null clears it.
    #[serde(default)]
    description: Edit<String>,
    /// The folder to move it to.
    #[schemars(extend("x-picklist" = "folders"))]
    parent_id: Option<ItemId>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Changes {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Edit::is_keep")]
    description: Edit<String>,
}

impl Action for UpdateDriveItem {
    type Output = Raw<DriveItem>;
    const SPEC: Spec =
        Spec::new("update_drive_item", "Update file or folder", Effect::Update).scopes(FILES_CHANGE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<DriveItem>>> {
        let changes = Changes { name: self.name, description: self.description };
        let parent = self.parent_id.map(|folder| json!({ "id": folder.0 }));
        let body =
            Fields::of(&changes)?.with("parentReference", parent).clear_empty(self.clear_empty_fields).not_empty()?;
        Ok(self.place.request(cx, Method::PATCH, "")?.json(body).idempotent().raw())
    }
}
