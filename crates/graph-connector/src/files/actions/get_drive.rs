//! `get_drive`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_READ;
use crate::vocabulary::{Drive, DriveId, DriveRoot};

/// Get a drive: its owner and its quota.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "drive": "me" })]))]
pub struct GetDrive {
    /// The drive.
    drive: DriveId,
}

impl Action for GetDrive {
    type Output = Raw<Drive>;
    const SPEC: Spec = Spec::new("get_drive", "Get drive", Effect::Read).scopes(FILES_READ);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Drive>>> {
        Ok(DriveRoot::of(Some(&self.drive), cx, "drive")?.request(Method::GET, "").raw())
    }
}
