//! `list_categories`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SETTINGS_READ;
use crate::vocabulary::{Mailbox, OutlookCategory};

/// List the categories of a mailbox with their colours.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListCategories {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListCategories {
    type Output = List<OutlookCategory>;
    const SPEC: Spec = Spec::new("list_categories", "List categories", Effect::Read).scopes(SETTINGS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<OutlookCategory>>> {
        Ok(self
            .mailbox
            .root(cx)?
            .get("/outlook/masterCategories")
            .query("$top", self.pages.page_size(100))
            .pages(self.pages.paging()?))
    }
}
