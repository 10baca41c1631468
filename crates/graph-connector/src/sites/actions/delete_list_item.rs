//! `delete_list_item`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::LIST_ITEMS_WRITE;
use crate::vocabulary::ListItemPlace;

/// Remove an item from a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts", "itemId": "3" })]))]
pub struct DeleteListItem {
    /// Which item.
    #[serde(flatten)]
    place: ListItemPlace,
    /// Delete only this version: the `eTag` that was read. If the item has changed since, the action fails.
    #[schemars(length(min = 1, max = 255))]
    e_tag: Option<String>,
}

impl Action for DeleteListItem {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_list_item", "Delete list item", Effect::Delete)
        .undo("The recycle bin of the site keeps it for as long as the organisation says, usually 93 days.")
        .scopes(LIST_ITEMS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        Ok(self.place.request(Method::DELETE, "").if_match(self.e_tag.as_deref()).deleted())
    }
}
