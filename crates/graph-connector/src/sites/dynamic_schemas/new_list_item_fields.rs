//! `new_list_item_fields`

use connector_sdk::{Context, DynamicSchema, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::permissions::SITES_READ;
use crate::sites::columns::Use;
use crate::vocabulary::ListPlace;

/// Values of a new list item, by the list's columns.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewListItemFields {
    /// Which list.
    #[serde(flatten)]
    place: ListPlace,
}

impl DynamicSchema for NewListItemFields {
    const SPEC: Spec = Spec::new("new_list_item_fields", "Fields of a new list item", Effect::Read).scopes(SITES_READ);

    fn schema(self, _: &Context) -> Result<Plan<Value>> {
        Ok(self.place.shape(Use::Create))
    }
}
