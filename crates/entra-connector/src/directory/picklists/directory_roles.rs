//! `directory_roles`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::ROLES_READ;

/// The roles that are active in the tenant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectoryRoles {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    display_name: Option<String>,
}

impl Picklist for DirectoryRoles {
    const SPEC: Spec = Spec::new("directory_roles", "Directory roles", Effect::Read).scopes(ROLES_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let list = Request::get("/directoryRoles").query("$select", "id,displayName");
        Ok(list.choices_that(ask.from, move |item: Item| {
            let label = item.display_name.unwrap_or_else(|| item.id.clone());
            Some(Choice::new(item.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
