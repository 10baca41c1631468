//! `list_user_licenses`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::LICENSES_OF_USER;
use crate::vocabulary::{LicenseDetails, UserId};

/// List the licences of a user, each with its service plans and whether they are set up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "adelev@contoso.example" })]))]
pub struct ListUserLicenses {
    /// The user.
    user: UserId,
}

impl Action for ListUserLicenses {
    type Output = List<LicenseDetails>;
    const SPEC: Spec =
        Spec::new("list_user_licenses", "List user licences", Effect::Read).scopes(LICENSES_OF_USER).list();

    fn plan(self, _: &Context) -> Result<Plan<List<LicenseDetails>>> {
        Ok(Request::get("/users/{user}/licenseDetails").path_param("user", self.user.0).pages(Paging::default()))
    }
}
