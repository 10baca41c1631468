//! `new_or_updated_user`

use connector_sdk::{Context, Effect, Event, Plan, Poll, Properties, Raw, Request, Result, Select, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow::{self, Lost, Only};
use crate::permissions::USERS_READ;
use crate::vocabulary::{USER_FIELDS, User};

/// Watch the tenant for users that are new or have changed. An event has the properties that Graph tells of a change: at least those that changed.
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
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("new_or_updated_user", "New or updated user", Effect::Read).scopes(USERS_READ);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<User, follow::Cursor>>> {
        let mut select = self.select;
        select.additional_fields.get_or_insert_default().push("createdDateTime".to_owned());
        let start = Request::get("/users/delta").query_opt("$select", select.names(USER_FIELDS));
        let start = self.only.apply(start);
        Ok(follow::follow(start, cursor, None, cx.now, Lost::GoOn, |page, look| {
            let fired = page.items.into_iter().map(|item| {
                let id = format!("{} {}", Properties::of(&item).identity(), look.number);
                Event { id, data: Raw::new(item) }
            });
            Ok(fired.collect())
        }))
    }
}
