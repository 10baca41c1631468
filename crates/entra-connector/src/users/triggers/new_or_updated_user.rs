//! `new_or_updated_user`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Plan, Poll, Request, Result, Select, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow::{self, Only, Remembering};
use crate::permissions::USERS_READ;
use crate::vocabulary::{USER_FIELDS, User};

/// Watch the tenant for users that are new or have changed. Graph reports only the changed properties, so the trigger
/// reads the whole user. Graph keeps changes for seven days. A trigger that stops for longer continues from now, and
/// the next event reports the gap.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct NewOrUpdatedUser {
    /// Which properties to return. A change of others does not fire.
    #[serde(flatten)]
    select: Select,
    /// Which objects.
    #[serde(flatten)]
    only: Only,
}

impl Trigger for NewOrUpdatedUser {
    type Event = User;
    type Cursor = Remembering;
    const SPEC: Spec = Spec::new("new_or_updated_user", "New or updated user", Effect::Read)
        .scopes(USERS_READ)
        .misses("users that were created or changed")
        .real_time();

    fn poll(self, cursor: Option<Remembering>, cx: &Context) -> Result<Plan<Poll<User, Remembering>>> {
        let mut select = self.select;
        select.additional_fields.get_or_insert_default().push("createdDateTime".to_owned());
        let names = select.names(USER_FIELDS);
        let start = self.only.apply(Request::get("/users/delta").query_opt("$select", names.clone()));
        let names = follow::with_id(names);
        let ask =
            move |id: &str| Request::get("/users/{user}").path_param("user", id).query_opt("$select", names.clone());
        Ok(follow::changed(start, cursor, cx.now, ask))
    }

    fn notification_resource(&self, _: &Context) -> Result<Option<NotificationResource>> {
        Ok(Some(NotificationResource::new("users", &[ChangeType::Updated, ChangeType::Deleted])))
    }
}
