//! `assign_licenses`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::LICENSES_WRITE;
use crate::vocabulary::{LicenseChange, User, UserId};

/// Assign licences to a user and remove others, in one request: either all changes are made or none. Service plans of a
/// licence can be switched off. The user needs a `usageLocation`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "gradya@contoso.example", "add": [{ "skuId": "f30db892-07e9-47e9-837c-80727f46fd3d", "disabledPlans": ["8c713b76-bdf2-4503-8e7b-0ec4024c32b1"] }], "remove": ["c7df2760-2c81-4ef7-b578-5b5392b571df"] })]))]
pub struct AssignLicenses {
    /// The user.
    user: UserId,
    /// What is to change.
    #[serde(flatten)]
    change: LicenseChange,
}

impl Action for AssignLicenses {
    type Output = Raw<User>;
    const SPEC: Spec = Spec::new("assign_licenses", "Assign licences", Effect::Update).scopes(LICENSES_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<User>>> {
        Ok(Request::post("/users/{user}/assignLicense").path_param("user", self.user.0).json(self.change.body()?).raw())
    }
}
