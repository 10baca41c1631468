//! `new_or_updated_group`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Plan, Poll, Request, Result, Select, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow::{self, Only, Remembering};
use crate::permissions::GROUPS_SEE;
use crate::vocabulary::{GROUP_FIELDS, Group};

/// Watch the tenant for groups that are new or have changed. Graph reports only the changed properties, so the trigger
/// reads the whole group. Graph keeps changes for seven days. A trigger that stops for longer continues from now, and
/// the next event reports the gap.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct NewOrUpdatedGroup {
    /// Which properties to return. A change of others does not fire.
    #[serde(flatten)]
    select: Select,
    /// Which objects.
    #[serde(flatten)]
    only: Only,
}

impl Trigger for NewOrUpdatedGroup {
    type Event = Group;
    type Cursor = Remembering;
    const SPEC: Spec = Spec::new("new_or_updated_group", "New or updated group", Effect::Read)
        .scopes(GROUPS_SEE)
        .misses("groups that were created or changed")
        .real_time();

    fn poll(self, cursor: Option<Remembering>, cx: &Context) -> Result<Plan<Poll<Group, Remembering>>> {
        let mut select = self.select;
        select.additional_fields.get_or_insert_default().push("createdDateTime".to_owned());
        let names = select.names(GROUP_FIELDS);
        let start = self.only.apply(Request::get("/groups/delta").query_opt("$select", names.clone()));
        let names = follow::with_id(names);
        let ask =
            move |id: &str| Request::get("/groups/{group}").path_param("group", id).query_opt("$select", names.clone());
        Ok(follow::changed(start, cursor, cx.now, ask))
    }

    fn notification_resource(&self, _: &Context) -> Result<Option<NotificationResource>> {
        Ok(Some(NotificationResource::new("groups", &[ChangeType::Updated, ChangeType::Deleted])))
    }
}
