//! `new_or_updated_list_item`

use connector_sdk::watch::{self, Beginning, Since};
use connector_sdk::{Context, Effect, Event, Json, Plan, Poll, Properties, Result, Spec, Trigger};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SITES_READ;
use crate::vocabulary::{Columns, ListItem, ListPlace};

/// Watch a list for items that are new or have changed. Each fires once for each of its versions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts", "columns": ["Title", "State"] })]))]
pub struct NewOrUpdatedListItem {
    /// Which list.
    #[serde(flatten)]
    place: ListPlace,
    /// Which columns an event has. A change of any column fires.
    #[serde(flatten)]
    columns: Columns,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
}

impl Trigger for NewOrUpdatedListItem {
    type Event = ListItem;
    type Cursor = watch::Cursor;
    const SPEC: Spec = Spec::new("new_or_updated_list_item", "New or updated list item", Effect::Read)
        .scopes(SITES_READ)
        .misses("items that were restored or copied with an older date");

    fn poll(self, cursor: Option<watch::Cursor>, cx: &Context) -> Result<Plan<Poll<ListItem, watch::Cursor>>> {
        let (since, now) = (self.beginning.moment(cx.now)?, cx.now);
        let fields = self.columns.expand();
        let start = self.place.clone().request(Method::GET, "/items/delta").query("$expand", &fields);
        let place = self.place;
        let ask = move |id: &str| {
            place.clone().request(Method::GET, "/items/{item}").path_param("item", id).query("$expand", &fields)
        };
        // What is deleted is gone, and no fragment.
        let fragment = |item: &Properties<'_>, since: Since| {
            !item.has("deleted")
                && (since.lacks(item, "lastModifiedDateTime")
                    || !item.is_sent("eTag") && !item.is_sent("lastModifiedDateTime"))
        };
        Ok(watch::follow(start, cursor, (since, now), fragment, ask, event))
    }
}

fn event(item: Json, since: Since) -> Option<Event<ListItem>> {
    let seen = Properties::of(&item);
    let wanted = since.changed(seen.time("lastModifiedDateTime")) && !seen.has("deleted");
    let id = wanted.then(|| format!("{} {}", seen.identity(), seen.version(&["eTag", "lastModifiedDateTime"])))?;
    Some(Event::new(id, item))
}
