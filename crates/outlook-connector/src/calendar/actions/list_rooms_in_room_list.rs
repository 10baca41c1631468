//! `list_rooms_in_room_list`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::PLACES_READ;
use crate::vocabulary::{Address, Room};

/// List the rooms of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "roomListEmail": "rooms-redmond@contoso.example" })]))]
pub struct ListRoomsInRoomList {
    /// The address of the list, from `list_room_lists`.
    room_list_email: Address,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListRoomsInRoomList {
    type Output = List<Room>;
    const SPEC: Spec =
        Spec::new("list_rooms_in_room_list", "List rooms in room list", Effect::Read).scopes(PLACES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Room>>> {
        let request =
            Request::get("/places/{list}/microsoft.graph.roomList/rooms").path_param("list", self.room_list_email.0);
        Ok(request.query("$top", self.pages.page_size(100)).pages(self.pages.paging()?))
    }
}
