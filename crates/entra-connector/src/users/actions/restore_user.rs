//! `restore_user`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::USERS_DELETE;
use crate::vocabulary::User;

/// Bring a deleted user back, with what it had.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "userId": "28ab3602-4979-4b64-880e-55b959b0fdb2" })]))]
pub struct RestoreUser {
    /// The object id of the deleted user.
    #[schemars(extend("format" = "uuid"))]
    user_id: String,
    /// Another name to sign in with, where the old one is taken.
    #[schemars(extend("format" = "email", "maxLength" = 113))]
    new_user_principal_name: Option<String>,
}

impl Action for RestoreUser {
    type Output = Raw<User>;
    const SPEC: Spec = Spec::new("restore_user", "Restore user", Effect::Update).scopes(USERS_DELETE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<User>>> {
        let request = Request::post("/directory/deletedItems/{object}/restore").path_param("object", self.user_id);
        Ok(match self.new_user_principal_name {
            Some(name) => request.json(json!({ "newUserPrincipalName": name })).raw(),
            None => request.raw(),
        })
    }
}
