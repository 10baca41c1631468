//! `get_user`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, ScopeCase, Select, Spec, Subject};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::basic;
use crate::permissions::{OWN_PROFILE, USERS_READ, USERS_SEE};
use crate::vocabulary::{USER_FIELDS, User, UserId};

/// Get a user by object id or user principal name. Without `select`, Graph returns eleven properties; name more of them
/// in `additionalFields`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "alexw@contoso.example", "additionalFields": ["department", "accountEnabled"] }), json!({ "user": "c0e38b25-9595-4155-8c2c-195de4a7b58d", "select": ["displayName"] })]))]
pub struct GetUser {
    /// The user.
    user: UserId,
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetUser {
    type Output = Raw<User>;
    const SPEC: Spec = Spec::new("get_user", "Get user", Effect::Read)
        .scopes(USERS_SEE)
        .cases(&[
            ScopeCase::instead("`user` is who is signed in", OWN_PROFILE),
            ScopeCase::instead(
                "`select` or `additionalFields` names more than the basic properties of somebody else",
                USERS_READ,
            ),
        ])
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<User>>> {
        let root = cx.person(Some(&self.user.0), "user")?;
        let names = self.select.names(USER_FIELDS);
        let request = root.get("").query_opt("$select", names.as_deref());
        let is_own = !root.is_shared() && matches!(*cx.who, Subject::User { .. });
        let request = if is_own {
            request.with_scopes(OWN_PROFILE)
        } else {
            basic::permit(request, names.iter().flat_map(|all| all.split(',')))
        };
        Ok(request.raw())
    }
}
