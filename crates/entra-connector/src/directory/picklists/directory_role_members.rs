//! `directory_role_members`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::ROLES_READ;
use crate::vocabulary::DirectoryRoleId;

/// The members of a directory role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectoryRoleMembers {
    /// The role.
    role: DirectoryRoleId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    display_name: Option<String>,
}

impl Picklist for DirectoryRoleMembers {
    const SPEC: Spec =
        Spec::new("directory_role_members", "Members of directory role", Effect::Read).scopes(ROLES_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let list = Request::get("/directoryRoles/{role}/members")
            .path_param("role", self.role.0)
            .query("$select", "id,displayName");
        Ok(list.choices_that(ask.from, move |item: Item| {
            let label = item.display_name.unwrap_or_else(|| item.id.clone());
            Some(Choice::new(item.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
