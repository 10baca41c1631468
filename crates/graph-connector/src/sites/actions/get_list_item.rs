//! `get_list_item`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SITES_READ;
use crate::vocabulary::{Columns, ListItem, ListItemPlace};

/// Get an item of a list, with the values of its columns.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts", "itemId": "1" }),
    json!({ "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts", "itemId": "2", "columns": ["Title", "Tags"] }),
]))]
pub struct GetListItem {
    /// Which item.
    #[serde(flatten)]
    place: ListItemPlace,
    /// Which columns.
    #[serde(flatten)]
    columns: Columns,
}

impl Action for GetListItem {
    type Output = Raw<ListItem>;
    const SPEC: Spec = Spec::new("get_list_item", "Get list item", Effect::Read).scopes(SITES_READ).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<ListItem>>> {
        Ok(self.place.request(Method::GET, "").query("$expand", self.columns.expand()).raw())
    }
}
