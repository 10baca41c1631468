//! `list_room_lists`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::PLACES_READ;
use crate::vocabulary::RoomList;

/// List the room lists of the organisation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListRoomLists {
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListRoomLists {
    type Output = List<RoomList>;
    const SPEC: Spec = Spec::new("list_room_lists", "List room lists", Effect::Read).scopes(PLACES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<RoomList>>> {
        Ok(Request::get("/places/microsoft.graph.roomList")
            .query("$top", self.pages.page_size(100))
            .pages(self.pages.paging()?))
    }
}
