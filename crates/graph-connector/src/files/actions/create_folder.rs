//! `create_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_WRITE;
use crate::vocabulary::{Conflict, DriveItem, FolderPlace};

/// Make a folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderPath": "Documents", "name": "2027" })]))]
pub struct CreateFolder {
    /// In which folder.
    #[serde(flatten)]
    folder: FolderPlace,
    /// Its name.
    #[schemars(length(min = 1, max = 255), regex(pattern = r#"^[^"*:<>?/\\|]+$"#))]
    name: String,
    /// What happens when an item of that name exists already. `replace` leaves a folder of that name, and what is in
    /// it, as it is.
    #[serde(default)]
    conflict_behavior: Conflict,
}

impl Action for CreateFolder {
    type Output = Raw<DriveItem>;
    const SPEC: Spec = Spec::new("create_folder", "Create folder", Effect::Create).scopes(FILES_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<DriveItem>>> {
        let body = json!({ "name": self.name, "folder": {}, "@microsoft.graph.conflictBehavior": self.conflict_behavior.name() });
        Ok(self.folder.request(cx, Method::POST, "/children")?.json(body).raw())
    }
}
