//! `get_presence`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, ScopeCase, Spec};
use entra_connector::vocabulary::UserId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{OWN_PRESENCE_READ, PRESENCE_READ};
use crate::vocabulary::Presence;

/// Get whether a user can be reached, and what the user does, as Teams shows it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "user": "meganb@contoso.example" })]))]
pub struct GetPresence {
    /// The user; the default is the signed-in user.
    user: Option<UserId>,
}

impl Action for GetPresence {
    type Output = Raw<Presence>;
    const SPEC: Spec = Spec::new("get_presence", "Get presence", Effect::Read)
        .scopes(PRESENCE_READ)
        .cases(&[ScopeCase::instead("`user` is absent or is who is signed in", OWN_PRESENCE_READ)])
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Presence>>> {
        let root = cx.person(self.user.as_ref().map(|user| user.0.as_str()), "user")?;
        let request = root.get("/presence");
        Ok(if root.is_shared() { request } else { request.with_scopes(OWN_PRESENCE_READ) }.raw())
    }
}
