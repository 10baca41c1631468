//! `get_user`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::vocabulary::{USER_FIELDS, User, UserId};

/// Get a user by object id or user principal name. Without `select`, Graph returns eleven properties; name others in `additionalFields` to have them too.
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
        .delegated(&["User.Read", "User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All"])
        .shared(&["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"])
        .application(&["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"])
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<User>>> {
        let root = cx.person(Some(&self.user.0), "user")?;
        Ok(root.get("").query_opt("$select", self.select.names(USER_FIELDS)).raw())
    }
}
