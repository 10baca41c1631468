//! `delete_application`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::APPLICATIONS_WRITE;
use crate::vocabulary::ApplicationId;

/// Delete an application. For 30 days it can be restored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "application": "cef3ea95-4949-4dc0-8add-939233dde095" })]))]
pub struct DeleteApplication {
    /// The application.
    application: ApplicationId,
}

impl Action for DeleteApplication {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_application", "Delete application", Effect::Delete)
        .undo("The directory keeps it for 30 days among its deleted items, from where a request to Graph restores it.")
        .scopes(APPLICATIONS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        Ok(Request::delete("/applications/{application}").path_param("application", self.application.0).deleted())
    }
}
