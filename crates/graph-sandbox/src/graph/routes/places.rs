//! Rooms, and the lists in which they stand.

use serde_json::{Value, json};

use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::guid;
use crate::graph::tenant::Tenant;

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/places/microsoft.graph.roomList", lists),
    route("GET", "/places/microsoft.graph.room", |tenant, call| rooms(tenant, call, None)),
    route("GET", "/places/{object}/microsoft.graph.roomList/rooms", |tenant, call| {
        rooms(tenant, call, Some(call.param("object")))
    }),
];

/// Address and name of a list.
const LISTS: [(&str, &str); 2] = [("rooms-redmond", "Rooms in Redmond"), ("rooms-berlin", "Rooms in Berlin")];

/// Address, name, list, how many people it holds, floor.
const ROOMS: [(&str, &str, &str, u32, u32); 3] = [
    ("room-12", "Room 12", "rooms-redmond", 8, 1),
    ("lab", "Lab", "rooms-redmond", 20, 2),
    ("salon", "Salon", "rooms-berlin", 6, 3),
];

fn address(tenant: &Tenant, alias: &str) -> String {
    format!("{alias}@{}", tenant.domain)
}

fn all(call: &Call<'_>, what: &str, value: Vec<Value>) -> Outcome {
    Ok(Reply::value(200, &json!({ "@odata.context": call.context(what), "value": value })))
}

fn lists(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let list = |(alias, name): &(&str, &str)| json!({ "id": guid(&format!("place {alias}")), "displayName": name, "emailAddress": address(tenant, alias), "phone": null, "address": null });
    all(call, "places/microsoft.graph.roomList", LISTS.iter().map(list).collect())
}

fn rooms(tenant: &mut Tenant, call: &Call<'_>, list: Option<&str>) -> Outcome {
    let known = |(alias, _): &&(&str, &str)| {
        list.is_some_and(|list| {
            list.eq_ignore_ascii_case(&address(tenant, alias)) || list == guid(&format!("place {alias}"))
        })
    };
    let wanted = match list {
        None => None,
        Some(_) => Some(
            LISTS
                .iter()
                .find(known)
                .ok_or_else(|| Fault::new(404, "ErrorItemNotFound", "The room list was not found."))?
                .0,
        ),
    };
    let room = |(alias, name, _, capacity, floor): &(&str, &str, &str, u32, u32)| {
        json!({
            "id": guid(&format!("place {alias}")), "displayName": name, "emailAddress": address(tenant, alias), "capacity": capacity,
            "floorNumber": floor, "bookingType": "standard", "building": "1", "isWheelChairAccessible": true, "phone": null, "address": null,
        })
    };
    let found = ROOMS.iter().filter(|room| wanted.is_none_or(|wanted| room.2 == wanted)).map(room).collect();
    all(call, "places/microsoft.graph.room", found)
}
