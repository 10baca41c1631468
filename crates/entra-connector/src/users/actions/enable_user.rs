//! `enable_user`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ACCOUNTS_SWITCH;
use crate::vocabulary::{Updated, UserId};

/// Unblock a user, so that they can sign in again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "breakglass@contoso.example" })]))]
pub struct EnableUser {
    /// The user.
    user: UserId,
}

impl Action for EnableUser {
    type Output = Updated;
    const SPEC: Spec = Spec::new("enable_user", "Enable user", Effect::Update).scopes(ACCOUNTS_SWITCH).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Updated>> {
        let request = Request::patch("/users/{user}")
            .path_param("user", self.user.0)
            .json(json!({ "accountEnabled": true }))
            .idempotent();
        Ok(request.accepted().map(|_| Updated { updated: true }))
    }
}
