//! `list_item_changes`

use connector_sdk::{Context, DynamicSchema, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::permissions::SITES_READ;
use crate::sites::columns::Use;
use crate::vocabulary::ListPlace;

/// Values of a list item that can be changed, by the list's columns.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListItemChanges {
    /// Which list.
    #[serde(flatten)]
    place: ListPlace,
}

impl DynamicSchema for ListItemChanges {
    const SPEC: Spec =
        Spec::new("list_item_changes", "Fields of a list item that can be changed", Effect::Read).scopes(SITES_READ);

    fn schema(self, _: &Context) -> Result<Plan<Value>> {
        Ok(self.place.shape(Use::Update))
    }
}
