//! `update_list_item`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::LIST_ITEMS_WRITE;
use crate::sites::columns::annotated;
use crate::vocabulary::{FieldValues, ListItemPlace};

/// Change values of an item of a list. Columns that are not named stay as they are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({
    "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts", "itemId": "1", "fields": { "Quantity": 12, "Delivery": null },
})]))]
pub struct UpdateListItem {
    /// Which item.
    #[serde(flatten)]
    place: ListItemPlace,
    /// The new values of columns, by their internal names; null clears one. A person or a lookup is written as a
    /// number, in `<name>LookupId`; several values are a list, whose type is added for Graph automatically.
    #[schemars(extend("x-dynamic-schema" = "list_item_changes", "minProperties" = 1))]
    fields: Map<String, Value>,
    /// Change only this version: the `eTag` that was read. If the item has changed since, the action fails.
    #[schemars(length(min = 1, max = 255))]
    e_tag: Option<String>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
}

impl Action for UpdateListItem {
    type Output = Raw<FieldValues>;
    const SPEC: Spec =
        Spec::new("update_list_item", "Update list item", Effect::Update).scopes(LIST_ITEMS_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<FieldValues>>> {
        let fields = Fields::default().and(annotated(self.fields)).clear_empty(self.clear_empty_fields).not_empty()?;
        let change = self.place.request(Method::PATCH, "/fields").json(fields).idempotent();
        Ok(change.if_match(self.e_tag.as_deref()).raw())
    }
}
