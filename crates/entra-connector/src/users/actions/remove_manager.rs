//! `remove_manager`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::USERS_WRITE;
use crate::vocabulary::{Updated, UserId};

/// Leave a user without a manager.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "alexw@contoso.example" })]))]
pub struct RemoveManager {
    /// The user.
    user: UserId,
}

impl Action for RemoveManager {
    type Output = Updated;
    const SPEC: Spec = Spec::new("remove_manager", "Remove manager", Effect::Update).scopes(USERS_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Updated>> {
        Ok(Request::delete("/users/{user}/manager/$ref")
            .path_param("user", self.user.0)
            .accepted()
            .map(|_| Updated { updated: true }))
    }
}
