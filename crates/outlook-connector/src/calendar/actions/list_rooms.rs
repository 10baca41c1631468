//! `list_rooms`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::PLACES_READ;
use crate::vocabulary::Room;

/// List the rooms of the organisation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 10 })]))]
pub struct ListRooms {
    /// OData query options, such as a filter by `building`.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListRooms {
    type Output = List<Room>;
    const SPEC: Spec = Spec::new("list_rooms", "List rooms", Effect::Read).scopes(PLACES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Room>>> {
        let mut query = self.query.unwrap_or_default();
        query.top.get_or_insert(self.pages.page_size(100));
        Ok(query.apply(Request::get("/places/microsoft.graph.room")).pages(self.pages.paging()?))
    }
}
