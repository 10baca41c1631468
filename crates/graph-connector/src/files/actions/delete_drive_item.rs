//! `delete_drive_item`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_CHANGE;
use crate::vocabulary::Place;

/// Move a file or folder to the recycle bin, with all that is in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Getting started.txt" })]))]
pub struct DeleteDriveItem {
    /// Which.
    #[serde(flatten)]
    place: Place,
}

impl Action for DeleteDriveItem {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_drive_item", "Delete file or folder", Effect::Delete)
        .undo("The recycle bin of the drive keeps it for as long as the organisation says, usually 93 days.")
        .scopes(FILES_CHANGE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        Ok(self.place.request(cx, Method::DELETE, "")?.deleted())
    }
}
