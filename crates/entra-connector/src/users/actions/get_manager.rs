//! `get_manager`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::USERS_READ;
use crate::vocabulary::{USER_FIELDS, User, UserId};

/// Get the manager of a user. A user without a manager gives `not_found`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "alexw@contoso.example" })]))]
pub struct GetManager {
    /// The user.
    user: UserId,
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetManager {
    type Output = Raw<User>;
    const SPEC: Spec = Spec::new("get_manager", "Get manager", Effect::Read).scopes(USERS_READ).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<User>>> {
        Ok(Request::get("/users/{user}/manager")
            .path_param("user", self.user.0)
            .query_opt("$select", self.select.names(USER_FIELDS))
            .raw())
    }
}
