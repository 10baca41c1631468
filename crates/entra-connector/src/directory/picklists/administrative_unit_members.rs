//! `administrative_unit_members`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::UNITS_READ;
use crate::vocabulary::UnitId;

/// The members of an administrative unit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdministrativeUnitMembers {
    /// The administrative unit.
    unit: UnitId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    display_name: Option<String>,
}

impl Picklist for AdministrativeUnitMembers {
    const SPEC: Spec =
        Spec::new("administrative_unit_members", "Members of administrative unit", Effect::Read).scopes(UNITS_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let list = Request::get("/directory/administrativeUnits/{unit}/members")
            .path_param("unit", self.unit.0)
            .query("$select", "id,displayName")
            .query("$top", 100);
        Ok(list.choices_that(ask.from, move |item: Item| {
            let label = item.display_name.unwrap_or_else(|| item.id.clone());
            Some(Choice::new(item.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
