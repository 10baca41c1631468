//! `create_category`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SETTINGS_WRITE;
use crate::vocabulary::{CategoryColor, Mailbox, OutlookCategory};

/// Create a category. Its name cannot be changed later.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "displayName": "Travel", "color": "preset4" })]))]
pub struct CreateCategory {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The name.
    #[schemars(length(min = 1, max = 255))]
    display_name: String,
    /// The colour; the default is none.
    color: Option<CategoryColor>,
}

impl Action for CreateCategory {
    type Output = Raw<OutlookCategory>;
    const SPEC: Spec = Spec::new("create_category", "Create category", Effect::Create).scopes(SETTINGS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<OutlookCategory>>> {
        let fields = Fields::default()
            .with("displayName", Some(self.display_name))
            .with("color", self.color.map(|color| json!(color)));
        Ok(self.mailbox.root(cx)?.post("/outlook/masterCategories").json(fields).raw())
    }
}
