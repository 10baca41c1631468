//! `update_list`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Edit, Effect, Fields, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::LISTS_MANAGE;
use crate::vocabulary::{ListPlace, SiteList};

/// Give a list another title or description. Its address and its id stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "site": "contoso.sharepoint.example:/sites/mark8", "list": "Parts", "description": "What the Mark 8 is made of" })]))]
#[schemars(transform = rules::something_beside(&["site", "list", "clearEmptyFields"]))]
pub struct UpdateList {
    /// Which list.
    #[serde(flatten)]
    place: ListPlace,
    /// Its new title.
    #[schemars(length(min = 1, max = 255))]
    display_name: Option<String>,
    /// What it is for; null clears it.
    #[serde(default)]
    description: Edit<String>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Changes {
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Edit::is_keep")]
    description: Edit<String>,
}

impl Action for UpdateList {
    type Output = Raw<SiteList>;
    const SPEC: Spec = Spec::new("update_list", "Update list", Effect::Update).scopes(LISTS_MANAGE);

    fn plan(self, _: &Context) -> Result<Plan<Raw<SiteList>>> {
        let changes = Changes { display_name: self.display_name, description: self.description };
        let body = Fields::of(&changes)?.clear_empty(self.clear_empty_fields).not_empty()?;
        Ok(self.place.request(Method::PATCH, "").json(body).idempotent().raw())
    }
}
