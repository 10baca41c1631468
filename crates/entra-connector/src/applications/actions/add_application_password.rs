//! `add_application_password`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::APPLICATIONS_WRITE;
use crate::vocabulary::{ApplicationId, PasswordCredential};

/// Make a secret for an application. It is shown this once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "application": "cef3ea95-4949-4dc0-8add-939233dde095", "displayName": "For the till" })]))]
pub struct AddApplicationPassword {
    /// The application.
    application: ApplicationId,
    /// A name for the secret.
    #[schemars(length(min = 1, max = 120))]
    display_name: Option<String>,
    /// From when it is valid, as RFC 3339; the default is now.
    #[schemars(extend("format" = "date-time"))]
    start: Option<String>,
    /// Until when it is valid, as RFC 3339; the default is two years from now.
    #[schemars(extend("format" = "date-time"))]
    end: Option<String>,
}

impl Action for AddApplicationPassword {
    type Output = Raw<PasswordCredential>;
    const SPEC: Spec = Spec::new("add_application_password", "Add application password", Effect::Create)
        .scopes(APPLICATIONS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<PasswordCredential>>> {
        let secret = Fields::default()
            .with("displayName", self.display_name)
            .with("startDateTime", self.start)
            .with("endDateTime", self.end);
        let request =
            Request::post("/applications/{application}/addPassword").path_param("application", self.application.0);
        Ok(request.json(json!({ "passwordCredential": secret })).sensitive().raw())
    }
}
