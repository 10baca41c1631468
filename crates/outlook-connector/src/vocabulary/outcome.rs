//! What is left to say where Graph answers with nothing.

use connector_sdk::{DeltaItem, Event, Json, Properties};
use schemars::JsonSchema;
use serde::Serialize;

/// Something was changed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Updated {
    /// Graph made the change.
    pub updated: bool,
}

/// An item that was removed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Gone {
    /// Id of the item that was removed.
    pub id: String,
    /// `changed`: the item can be restored or was moved elsewhere; `deleted`: the item is gone from here. For some
    /// kinds of items Graph does not distinguish the two.
    pub reason: Option<String>,
}

impl Gone {
    /// What a page of changes tells of an item: its id, and the event that it is gone, if it is.
    pub fn read(change: DeltaItem) -> (String, Option<Event<Gone>>) {
        let removed = match change {
            DeltaItem::Gone(removed) => removed,
            DeltaItem::There(item) => return (Properties::of(&item).identity(), None),
        };
        let id = removed.id.clone();
        let gone = Gone { id: removed.id, reason: removed.reason };
        let data = Json::of(&gone).unwrap_or_else(|_| Json::trusted("{}"));
        (id.clone(), Some(Event::new(id, data)))
    }
}
