//! `assign_manager`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::USERS_WRITE;
use crate::references;
use crate::vocabulary::{Updated, UserId};

/// Make somebody the manager of a user, in place of the one before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "alexw@contoso.example", "manager": "7a8275e9-5dda-410e-863b-b613c378660d" })]))]
pub struct AssignManager {
    /// The user.
    user: UserId,
    /// The new manager.
    manager: UserId,
}

impl Action for AssignManager {
    type Output = Updated;
    const SPEC: Spec = Spec::new("assign_manager", "Assign manager", Effect::Update).scopes(USERS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Updated>> {
        let reference = references::user(cx, &self.manager.0, "manager")?;
        Ok(Request::put("/users/{user}/manager/$ref")
            .path_param("user", self.user.0)
            .json(reference)
            .accepted()
            .map(|_| Updated { updated: true }))
    }
}
