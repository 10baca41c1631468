//! `get_application`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::APPLICATIONS_READ;
use crate::vocabulary::{Application, ApplicationId};

/// Get an application by its object id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "application": "cb9c3936-5b78-460a-8504-ffd62f945da4" })]))]
pub struct GetApplication {
    /// The application.
    application: ApplicationId,
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetApplication {
    type Output = Raw<Application>;
    const SPEC: Spec = Spec::new("get_application", "Get application", Effect::Read).scopes(APPLICATIONS_READ).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<Application>>> {
        let request = Request::get("/applications/{application}").path_param("application", self.application.0);
        Ok(request.query_opt("$select", self.select.names(&[])).raw())
    }
}
