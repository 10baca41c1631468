//! `groups`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::GROUPS_SEE;
use crate::picklist_search::found_by;

/// The groups of the tenant, by name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Groups {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    display_name: Option<String>,
}

impl Picklist for Groups {
    const SPEC: Spec = Spec::new("groups", "Groups", Effect::Read).scopes(GROUPS_SEE);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let list = Request::get("/groups").query("$select", "id,displayName").query("$top", 50);
        let list = found_by(list, &["displayName", "mailNickname"], ask.search.as_deref());
        Ok(list.choices(ask.from, |item: Item| {
            let label = item.display_name.unwrap_or_else(|| item.id.clone());
            Choice::new(item.id, label)
        }))
    }
}
