//! `disable_user`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{ACCOUNTS_SWITCH, SESSIONS_REVOKE};
use crate::vocabulary::{Updated, UserId};

/// Block a user from signing in. Open sessions continue until their tokens expire, within the hour, unless
/// `revokeSessions` ends them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "gradya@contoso.example", "revokeSessions": true })]))]
pub struct DisableUser {
    /// The user.
    user: UserId,
    /// End the open sessions too.
    #[serde(default)]
    revoke_sessions: bool,
}

impl Action for DisableUser {
    type Output = Updated;
    const SPEC: Spec = Spec::new("disable_user", "Disable user", Effect::Update)
        .scopes(ACCOUNTS_SWITCH)
        .cases(&[ScopeCase::besides("`revokeSessions` is true", SESSIONS_REVOKE)])
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Updated>> {
        let disable = Request::patch("/users/{user}")
            .path_param("user", self.user.0.as_str())
            .json(json!({ "accountEnabled": false }))
            .idempotent();
        let revoke = Request::post("/users/{user}/revokeSignInSessions").path_param("user", self.user.0).idempotent();
        let revoke = revoke.with_scopes(SESSIONS_REVOKE);
        let done = disable.accepted();
        let done = if self.revoke_sessions {
            let all = done.and_then(|_| {
                revoke
                    .accepted()
                    .or_else(|error| Plan::fail(error.context("while ending the sessions; the user was disabled")))
            });
            all.require(SESSIONS_REVOKE)
        } else {
            done
        };
        Ok(done.map(|_| Updated { updated: true }))
    }
}
