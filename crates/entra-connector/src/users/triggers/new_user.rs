//! `new_user`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Plan, Poll, Request, Result, Select, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow::{self, Beginning, Only};
use crate::permissions::USERS_READ;
use crate::vocabulary::{USER_FIELDS, User};

/// Watch the tenant for new users.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct NewUser {
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

impl Trigger for NewUser {
    type Event = User;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("new_user", "New user", Effect::Read).scopes(USERS_READ).real_time();

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<User, follow::Cursor>>> {
        let mut select = self.select;
        select.additional_fields.get_or_insert_default().push("createdDateTime".to_owned());
        let names = select.names(USER_FIELDS);
        let start = self.only.apply(Request::get("/users/delta").query_opt("$select", names.clone()));
        let names = follow::with_id(names);
        let ask =
            move |id: &str| Request::get("/users/{user}").path_param("user", id).query_opt("$select", names.clone());
        Ok(follow::created(start, cursor, self.beginning.moment()?, cx.now, ask))
    }

    fn notification_resource(&self, _: &Context) -> Result<Option<NotificationResource>> {
        Ok(Some(NotificationResource::new("users", &[ChangeType::Updated, ChangeType::Deleted])))
    }
}
