//! What is left to say where Graph answers with nothing.

use connector_sdk::{Event, Json, Raw, Removed};
use schemars::JsonSchema;
use serde::Serialize;

/// Something was changed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Updated {
    /// Graph made the change.
    pub updated: bool,
}

/// Something that is gone.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Gone {
    /// The id of what is gone.
    pub id: String,
    /// `changed`: it can be restored or is elsewhere now; `deleted`: it is gone from here. Graph does not tell them apart for all things.
    pub reason: Option<String>,
}

impl Gone {
    /// As a trigger tells it.
    pub fn event(removed: Removed) -> Event<Gone> {
        let id = removed.id.clone();
        let gone = Gone { id: removed.id, reason: removed.reason };
        let data = Json::of(&gone).unwrap_or_else(|_| Json::trusted("{}"));
        Event { id, data: Raw::new(data) }
    }
}
