//! `create_list_item`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::LIST_ITEMS_WRITE;
use crate::sites::columns::annotated;
use crate::vocabulary::{ListItem, ListPlace};

/// Make an item in a list. In a document library, an item is made by uploading a file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({
    "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts",
    "fields": { "Title": "Wing nut", "Quantity": 40, "State": "Planned", "Tags": ["Metal"], "SupplierLookupId": 1 },
})]))]
pub struct CreateListItem {
    /// Which list.
    #[serde(flatten)]
    place: ListPlace,
    /// The values of its columns, by their internal names. A person or a lookup is written as a number, in
    /// `<name>LookupId`; several values are a list, whose type is added for Graph automatically.
    #[schemars(extend("x-dynamic-schema" = "new_list_item_fields"))]
    fields: Map<String, Value>,
}

impl Action for CreateListItem {
    type Output = Raw<ListItem>;
    const SPEC: Spec =
        Spec::new("create_list_item", "Create list item", Effect::Create).scopes(LIST_ITEMS_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<ListItem>>> {
        Ok(self.place.request(Method::POST, "/items").json(json!({ "fields": annotated(self.fields) })).raw())
    }
}
