//! `new_or_updated_group`

use connector_sdk::{Context, Effect, Event, Plan, Poll, Properties, Raw, Request, Result, Select, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow::{self, Lost, Only};
use crate::permissions::GROUPS_SEE;
use crate::vocabulary::{GROUP_FIELDS, Group};

/// Watch the tenant for groups that are new or have changed. An event has the properties that Graph tells of a change: at least those that changed.
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
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("new_or_updated_group", "New or updated group", Effect::Read).scopes(GROUPS_SEE);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<Group, follow::Cursor>>> {
        let mut select = self.select;
        select.additional_fields.get_or_insert_default().push("createdDateTime".to_owned());
        let start = Request::get("/groups/delta").query_opt("$select", select.names(GROUP_FIELDS));
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
