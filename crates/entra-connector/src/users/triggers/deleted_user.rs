//! `deleted_user`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Plan, Poll, Request, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::departures::{self, Reason};

use crate::permissions::USERS_READ;
use crate::vocabulary::{self, DELETED_USER_FIELDS};

/// Watch the tenant for users that are deleted: softly (`changed`), so that they can be restored, or for good
/// (`deleted`). An item that is restored and deleted again fires again. An event has the properties that the recycle
/// bin still keeps; it keeps none of what was deleted for good. When Graph no longer accepts the cursor, the trigger
/// reads the list of what was deleted in the last 30 days.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct DeletedUser {
    /// Only those that were deleted in this way.
    #[serde(default)]
    reason: Reason,
}

impl Trigger for DeletedUser {
    type Event = vocabulary::DeletedUser;
    type Cursor = departures::Cursor;
    const SPEC: Spec = Spec::new("deleted_user", "Deleted user", Effect::Read)
        .scopes(USERS_READ)
        .misses("users that were deleted for good, or more than 30 days ago")
        .real_time();

    fn poll(
        self,
        cursor: Option<departures::Cursor>,
        cx: &Context,
    ) -> Result<Plan<Poll<Self::Event, departures::Cursor>>> {
        let changes = Request::get("/users/delta").query("$select", "id");
        let deleted = Request::get("/directory/deletedItems/microsoft.graph.user");
        Ok(departures::look(changes, deleted, DELETED_USER_FIELDS, self.reason, cursor, cx.now))
    }

    fn notification_resource(&self, _: &Context) -> Result<Option<NotificationResource>> {
        Ok(Some(NotificationResource::new("users", &[ChangeType::Updated, ChangeType::Deleted])))
    }
}
