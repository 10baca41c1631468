//! `group_member_added`

use connector_sdk::{Context, Effect, Plan, Poll, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow::Remembering;
use crate::groups::member_changes::{self, MemberChange, Watched};
use crate::permissions::MEMBER_CHANGES_READ;

/// Watch groups for added members. Only direct members count. Graph keeps changes for seven days. A trigger that stops
/// for longer continues from now, and the next event reports the gap.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "memberType": "user" })]))]
pub struct GroupMemberAdded {
    /// Resource to watch.
    #[serde(flatten)]
    watched: Watched,
}

impl Trigger for GroupMemberAdded {
    type Event = MemberChange;
    type Cursor = Remembering;
    const SPEC: Spec = Spec::new("group_member_added", "Group member added", Effect::Read)
        .scopes(MEMBER_CHANGES_READ)
        .misses("members that were added");

    fn poll(self, cursor: Option<Remembering>, cx: &Context) -> Result<Plan<Poll<MemberChange, Remembering>>> {
        Ok(member_changes::look(self.watched, cursor, false, cx))
    }
}
