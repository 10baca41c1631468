//! `delete_directory_extension`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::APPLICATIONS_WRITE;
use crate::vocabulary::ApplicationId;

/// Delete the definition of a directory extension. Values on objects become unreachable: remove them first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "application": "cb9c3936-5b78-460a-8504-ffd62f945da4", "extensionId": "6ff6bd20-d464-47b0-872b-2b09a78bd561", "confirm": true })]))]
pub struct DeleteDirectoryExtension {
    /// The application.
    application: ApplicationId,
    /// The id of the definition.
    #[schemars(extend("format" = "uuid"))]
    extension_id: String,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for DeleteDirectoryExtension {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_directory_extension", "Delete directory extension", Effect::Delete)
        .scopes(APPLICATIONS_WRITE);

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(Request::delete("/applications/{application}/extensionProperties/{extension}")
            .path_param("application", self.application.0)
            .path_param("extension", self.extension_id)
            .deleted())
    }
}
