//! `role_definitions`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::ROLE_DEFINITIONS_READ;

/// The roles of the directory that there are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleDefinitions {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    display_name: Option<String>,
}

impl Picklist for RoleDefinitions {
    const SPEC: Spec = Spec::new("role_definitions", "Role definitions", Effect::Read).scopes(ROLE_DEFINITIONS_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let list = Request::get("/roleManagement/directory/roleDefinitions").query("$select", "id,displayName");
        Ok(list.choices_that(ask.from, move |item: Item| {
            let label = item.display_name.unwrap_or_else(|| item.id.clone());
            Some(Choice::new(item.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
