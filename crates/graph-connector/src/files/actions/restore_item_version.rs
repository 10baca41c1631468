//! `restore_item_version`

use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::FILES_WRITE;
use crate::vocabulary::{Place, VersionId};

/// Restore an earlier version of a file. It becomes a new version; no version is lost.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Minutes.txt", "versionId": "1.0" })]))]
pub struct RestoreItemVersion {
    /// Which file.
    #[serde(flatten)]
    place: Place,
    /// Id of the version, from `list_item_versions`.
    version_id: VersionId,
}

/// An earlier version is the current one again.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Restored {
    /// Graph made it the current one.
    restored: bool,
}

impl Action for RestoreItemVersion {
    type Output = Restored;
    const SPEC: Spec = Spec::new("restore_item_version", "Restore version of file", Effect::Update).scopes(FILES_WRITE);

    fn plan(self, cx: &Context) -> Result<Plan<Restored>> {
        let restore = self
            .place
            .request(cx, Method::POST, "/versions/{version}/restoreVersion")?
            .path_param("version", self.version_id.0);
        Ok(Plan::finish(restore, |_| Ok(Restored { restored: true })))
    }
}
