//! `users`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::USERS_SEE;
use crate::picklist_search::found_by;

/// The users of the tenant, by name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Users {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    display_name: Option<String>,
    user_principal_name: Option<String>,
}

impl Picklist for Users {
    const SPEC: Spec = Spec::new("users", "Users", Effect::Read).scopes(USERS_SEE);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let list = Request::get("/users").query("$select", "id,displayName,userPrincipalName").query("$top", 50);
        let list = found_by(list, &["displayName", "userPrincipalName"], ask.search.as_deref());
        Ok(list.choices(ask.from, |item: Item| {
            let name = item.display_name.unwrap_or_default();
            let label = item.user_principal_name.map_or_else(|| name.clone(), |login| format!("{name} ({login})"));
            Choice::new(item.id, label)
        }))
    }
}
