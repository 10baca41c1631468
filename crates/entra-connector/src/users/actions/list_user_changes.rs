//! `list_user_changes`

use connector_sdk::{Action, Changes, Context, Effect, Plan, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::changes::Since;
use crate::permissions::USERS_READ;
use crate::vocabulary::{USER_FIELDS, User};

/// List the users that were created, changed or removed since an earlier call. Without `deltaToken`, all users are
/// listed; with `startFromNow`, none, only the token for later. A deleted object has a reason: `changed` can be
/// restored, `deleted` is gone for good.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "select": ["displayName"] }), json!({ "startFromNow": true })]))]
pub struct ListUserChanges {
    /// From where on.
    #[serde(flatten)]
    since: Since,
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
}

impl Action for ListUserChanges {
    type Output = Changes<User>;
    const SPEC: Spec = Spec::new("list_user_changes", "List user changes", Effect::Read).scopes(USERS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<Changes<User>>> {
        self.since.changes(Request::get("/users/delta").query_opt("$select", self.select.names(USER_FIELDS)))
    }
}
