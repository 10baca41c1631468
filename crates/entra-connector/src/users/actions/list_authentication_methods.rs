//! `list_authentication_methods`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::METHODS_READ;
use crate::vocabulary::{AuthenticationMethod, UserId};

/// List the authentication methods of a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "adelev@contoso.example" })]))]
pub struct ListAuthenticationMethods {
    /// The user.
    user: UserId,
}

impl Action for ListAuthenticationMethods {
    type Output = List<AuthenticationMethod>;
    const SPEC: Spec = Spec::new("list_authentication_methods", "List authentication methods", Effect::Read)
        .scopes(METHODS_READ)
        .list();

    fn plan(self, _: &Context) -> Result<Plan<List<AuthenticationMethod>>> {
        Ok(Request::get("/users/{user}/authentication/methods")
            .path_param("user", self.user.0)
            .pages(Paging::default()))
    }
}
