//! `update_category`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SETTINGS_WRITE;
use crate::vocabulary::{CategoryColor, CategoryId, Mailbox, OutlookCategory};

/// Change the colour of a category. Its name stays as it is: Graph cannot change it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "categoryId": "d12e4293-5933-4552-8859-d409d58825fd", "color": "preset0" })]))]
pub struct UpdateCategory {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The category, by its id in `list_categories`.
    category_id: CategoryId,
    /// The colour.
    color: CategoryColor,
}

impl Action for UpdateCategory {
    type Output = Raw<OutlookCategory>;
    const SPEC: Spec = Spec::new("update_category", "Update category", Effect::Update).scopes(SETTINGS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<OutlookCategory>>> {
        let request = self
            .mailbox
            .root(cx)?
            .patch("/outlook/masterCategories/{category}")
            .path_param("category", self.category_id.0);
        Ok(request.json(json!({ "color": self.color })).idempotent().raw())
    }
}
