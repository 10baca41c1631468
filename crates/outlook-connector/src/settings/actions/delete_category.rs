//! `delete_category`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SETTINGS_WRITE;
use crate::vocabulary::{CategoryId, Mailbox};

/// Delete a category. Items with the category keep its name, without a colour.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "categoryId": "d12e4293-5933-4552-8859-d409d58825fd" })]))]
pub struct DeleteCategory {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The category, by its id in `list_categories`.
    category_id: CategoryId,
}

impl Action for DeleteCategory {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_category", "Delete category", Effect::Delete).scopes(SETTINGS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        Ok(self
            .mailbox
            .root(cx)?
            .delete("/outlook/masterCategories/{category}")
            .path_param("category", self.category_id.0)
            .deleted())
    }
}
