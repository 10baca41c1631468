//! `list_group_changes`

use connector_sdk::{Action, Changes, Context, Effect, Plan, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::changes::Since;
use crate::permissions::GROUPS_SEE;
use crate::vocabulary::{GROUP_FIELDS, Group};

/// List the groups that were created, changed or removed since an earlier call, with added and removed members as
/// `members@delta` if `expandMembers` is set. A deleted object has a reason: `changed` can be restored, `deleted` is
/// gone for good.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "expandMembers": true, "select": ["displayName"] }), json!({ "startFromNow": true })]))]
pub struct ListGroupChanges {
    /// From where on.
    #[serde(flatten)]
    since: Since,
    /// Return changes of members too. A group with many changes may be returned several times, each time with some of
    /// them.
    #[serde(default)]
    expand_members: bool,
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
}

impl Action for ListGroupChanges {
    type Output = Changes<Group>;
    const SPEC: Spec = Spec::new("list_group_changes", "List group changes", Effect::Read).scopes(GROUPS_SEE).list();

    fn plan(self, _: &Context) -> Result<Plan<Changes<Group>>> {
        let mut select = self.select;
        if self.expand_members {
            select.additional_fields.get_or_insert_default().push("members".to_owned());
        }
        // Without a choice of its own, Graph tells members too.
        let names = select.names(GROUP_FIELDS).unwrap_or_else(|| GROUP_FIELDS.join(","));
        self.since.changes(Request::get("/groups/delta").query("$select", names))
    }
}
