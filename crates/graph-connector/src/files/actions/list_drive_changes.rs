//! `list_drive_changes`

use connector_sdk::{Action, Changes, Context, Effect, Plan, Result, Spec, odata};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_READ;
use crate::vocabulary::{DriveId, DriveItem, DriveRoot};

/// List what has changed in a drive since an earlier call: files and folders that were added, changed or removed; a
/// removed one has `deleted`. The first call lists all items, unless it starts from now.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "select": ["name", "deleted"] })]))]
pub struct ListDriveChanges {
    /// The drive; the default is the OneDrive of the signed-in user, or of the default user of an app's connection.
    drive: Option<DriveId>,
    /// The `deltaToken` of an earlier answer; the changes since then are returned.
    #[schemars(length(min = 1))]
    delta_token: Option<String>,
    /// List nothing, and return a `deltaToken` for what changes from now on.
    #[serde(default)]
    start_from_now: bool,
    /// Only these properties of each, as Graph names them. The `id` is always included. The selection counts for the
    /// first call; later calls keep it.
    #[schemars(length(min = 1, max = 100), inner(length(min = 1, max = 200)))]
    select: Option<Vec<String>>,
}

impl Action for ListDriveChanges {
    type Output = Changes<DriveItem>;
    const SPEC: Spec = Spec::new("list_drive_changes", "List drive changes", Effect::Read).scopes(FILES_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<Changes<DriveItem>>> {
        let delta = DriveRoot::of(self.drive.as_ref(), cx, "drive")?.request(Method::GET, "/root/delta");
        let delta = delta.query_opt("$select", self.select.as_deref().and_then(odata::select));
        delta.query_opt("token", self.start_from_now.then_some("latest")).changes_since(self.delta_token.as_deref())
    }
}
