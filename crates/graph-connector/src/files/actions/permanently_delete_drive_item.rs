//! `permanently_delete_drive_item`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_WRITE;
use crate::vocabulary::Place;

/// Delete a file or folder for good, with all that is in it. It does not go to the recycle bin, and it cannot be
/// restored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Getting started.txt", "confirm": true })]))]
pub struct PermanentlyDeleteDriveItem {
    /// Which.
    #[serde(flatten)]
    place: Place,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for PermanentlyDeleteDriveItem {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("permanently_delete_drive_item", "Permanently delete file or folder", Effect::Delete)
        .scopes(FILES_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        // It is a DELETE in all but name.
        Ok(self.place.request(cx, Method::POST, "/permanentDelete")?.idempotent().deleted())
    }
}
