//! `deleted_group`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Plan, Poll, Request, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::departures::{self, Reason};

use crate::permissions::GROUPS_READ;
use crate::vocabulary::{self, DELETED_GROUP_FIELDS};

/// Watch the tenant for groups that are deleted: softly (`changed`), so that they can be restored, or for good
/// (`deleted`). An item that is restored and deleted again fires again. An event has the properties that the recycle
/// bin still keeps; it keeps none of what was deleted for good. When Graph no longer accepts the cursor, the trigger
/// reads the list of what was deleted in the last 30 days.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct DeletedGroup {
    /// Only those that were deleted in this way.
    #[serde(default)]
    reason: Reason,
}

impl Trigger for DeletedGroup {
    type Event = vocabulary::DeletedGroup;
    type Cursor = departures::Cursor;
    const SPEC: Spec = Spec::new("deleted_group", "Deleted group", Effect::Read)
        .scopes(GROUPS_READ)
        .misses("groups that were deleted for good, as security groups may be, or more than 30 days ago")
        .real_time();

    fn poll(
        self,
        cursor: Option<departures::Cursor>,
        cx: &Context,
    ) -> Result<Plan<Poll<Self::Event, departures::Cursor>>> {
        let changes = Request::get("/groups/delta").query("$select", "id");
        let deleted = Request::get("/directory/deletedItems/microsoft.graph.group");
        Ok(departures::look(changes, deleted, DELETED_GROUP_FIELDS, self.reason, cursor, cx.now))
    }

    fn notification_resource(&self, _: &Context) -> Result<Option<NotificationResource>> {
        Ok(Some(NotificationResource::new("groups", &[ChangeType::Updated, ChangeType::Deleted])))
    }
}
