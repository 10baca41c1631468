//! `new_group`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Plan, Poll, Request, Result, Select, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow::{self, Beginning, Only};
use crate::permissions::GROUPS_SEE;
use crate::vocabulary::{GROUP_FIELDS, Group};

/// Watch the tenant for new groups.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct NewGroup {
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
    /// Which objects.
    #[serde(flatten)]
    only: Only,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
}

impl Trigger for NewGroup {
    type Event = Group;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("new_group", "New group", Effect::Read).scopes(GROUPS_SEE).real_time();

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<Group, follow::Cursor>>> {
        let mut select = self.select;
        select.additional_fields.get_or_insert_default().push("createdDateTime".to_owned());
        let names = select.names(GROUP_FIELDS);
        let start = self.only.apply(Request::get("/groups/delta").query_opt("$select", names.clone()));
        let names = follow::with_id(names);
        let ask =
            move |id: &str| Request::get("/groups/{group}").path_param("group", id).query_opt("$select", names.clone());
        Ok(follow::created(start, cursor, self.beginning.moment()?, cx.now, ask))
    }

    fn notification_resource(&self, _: &Context) -> Result<Option<NotificationResource>> {
        Ok(Some(NotificationResource::new("groups", &[ChangeType::Updated, ChangeType::Deleted])))
    }
}
