//! `administrative_units`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::UNITS_READ;
use crate::picklist_search::found_by;

/// The administrative units of the tenant, by name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdministrativeUnits {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    display_name: Option<String>,
}

impl Picklist for AdministrativeUnits {
    const SPEC: Spec = Spec::new("administrative_units", "Administrative units", Effect::Read).scopes(UNITS_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let list = Request::get("/directory/administrativeUnits").query("$select", "id,displayName").query("$top", 50);
        let list = found_by(list, &["displayName"], ask.search.as_deref());
        Ok(list.choices(ask.from, |item: Item| {
            let label = item.display_name.unwrap_or_else(|| item.id.clone());
            Choice::new(item.id, label)
        }))
    }
}
