//! `group_owners`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::GROUPS_READ;
use crate::vocabulary::GroupId;

/// The owners of a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupOwners {
    /// The group.
    group: GroupId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    display_name: Option<String>,
}

impl Picklist for GroupOwners {
    const SPEC: Spec = Spec::new("group_owners", "Group owners", Effect::Read).scopes(GROUPS_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let list = Request::get("/groups/{group}/owners")
            .path_param("group", self.group.0)
            .query("$select", "id,displayName")
            .query("$top", 100);
        Ok(list.choices_that(ask.from, move |item: Item| {
            let label = item.display_name.unwrap_or_else(|| item.id.clone());
            Some(Choice::new(item.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
