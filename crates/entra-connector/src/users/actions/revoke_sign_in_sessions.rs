//! `revoke_sign_in_sessions`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::SESSIONS_REVOKE;
use crate::vocabulary::UserId;

/// End all sessions of a user: refresh tokens and browser sessions are no longer valid. Access tokens stay valid until
/// they expire, within the hour, in apps that do not check them continuously.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "gradya@contoso.example" })]))]
#[schemars(transform = rules::one_of(&["user", "revokeCurrentUser=true"]))]
pub struct RevokeSignInSessions {
    /// End the sessions of who is signed in, this connection included. An app cannot do this.
    #[serde(default)]
    revoke_current_user: bool,
    /// The user, unless it is who is signed in.
    user: Option<UserId>,
}

/// What Graph answered.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Revoked {
    /// Whether the sessions were ended.
    value: bool,
}

impl Action for RevokeSignInSessions {
    type Output = Revoked;
    const SPEC: Spec =
        Spec::new("revoke_sign_in_sessions", "Revoke sign-in sessions", Effect::Delete).scopes(SESSIONS_REVOKE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Revoked>> {
        let request = match (self.revoke_current_user, self.user) {
            (true, None) => cx.person(None, "user")?.post("/revokeSignInSessions"),
            (false, Some(user)) => Request::post("/users/{user}/revokeSignInSessions").path_param("user", user.0),
            (true, Some(_)) => {
                return Err(Error::invalid("/user", "`user` and `revokeCurrentUser` exclude each other"));
            }
            (false, None) => return Err(Error::invalid("/user", "name the user, or set `revokeCurrentUser`")),
        };
        Ok(request.idempotent().decode::<Revoked>())
    }
}
