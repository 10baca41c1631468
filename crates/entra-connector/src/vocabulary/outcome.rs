//! What is left to say where Graph answers with nothing.

use connector_sdk::{Event, Json, Raw, Removed, Turns};
use schemars::JsonSchema;
use serde::Serialize;

/// Something was changed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Updated {
    /// Graph made the change.
    pub updated: bool,
}

/// Somebody was made a member or an owner.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Added {
    /// Graph made the change.
    pub added: bool,
}

/// Somebody is no longer a member or an owner.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Taken {
    /// Graph made the change.
    pub removed: bool,
}

/// Something that is gone.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Gone {
    /// The id of what is gone.
    pub id: String,
    /// `changed`: it was deleted and can be restored; `deleted`: it is gone for good.
    pub reason: Option<String>,
}

impl Gone {
    /// As a trigger tells it, for so many times that it went. Gone for good after it could be restored is another event.
    pub fn event(removed: Removed, turn: u32) -> Event<Gone> {
        let id = Turns::event_id(&format!("{} {}", removed.id, removed.reason.as_deref().unwrap_or_default()), turn);
        let gone = Gone { id: removed.id, reason: removed.reason };
        let data = Json::of(&gone).unwrap_or_else(|_| Json::trusted("{}"));
        Event { id, data: Raw::new(data) }
    }
}
