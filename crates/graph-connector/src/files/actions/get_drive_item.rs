//! `get_drive_item`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Select, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_READ;
use crate::vocabulary::{DRIVE_ITEM_FIELDS, DriveItem, Place};

/// Get a file or folder, by id or by path. Its content is not included.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Budget.csv" })]))]
pub struct GetDriveItem {
    /// Which.
    #[serde(flatten)]
    place: Place,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetDriveItem {
    type Output = Raw<DriveItem>;
    const SPEC: Spec = Spec::new("get_drive_item", "Get file or folder", Effect::Read).scopes(FILES_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<DriveItem>>> {
        Ok(self.place.request(cx, Method::GET, "")?.query_opt("$select", self.select.names(DRIVE_ITEM_FIELDS)).raw())
    }
}
