//! `devices`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::DEVICES_READ;
use crate::picklist_search::found_by;

/// The devices of the directory, by name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Devices {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    display_name: Option<String>,
}

impl Picklist for Devices {
    const SPEC: Spec = Spec::new("devices", "Devices", Effect::Read).scopes(DEVICES_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let list = Request::get("/devices").query("$select", "id,displayName").query("$top", 50);
        let list = found_by(list, &["displayName"], ask.search.as_deref());
        Ok(list.choices(ask.from, |item: Item| {
            let label = item.display_name.unwrap_or_else(|| item.id.clone());
            Choice::new(item.id, label)
        }))
    }
}
