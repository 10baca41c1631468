//! `reset_custom_attributes`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::permissions::USERS_WRITE;
use crate::vocabulary::{AttributeName, Updated, UserId, custom_attributes};

/// Remove the values of custom attributes from a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "e633c93d-f077-40d2-8c68-2ae455ceb72e", "attributes": ["extension_605a17c2d914422b89f744fd46953180_costCenter", "extensionAttribute1"] })]))]
pub struct ResetCustomAttributes {
    /// The user.
    user: UserId,
    /// The attributes, by their full names.
    #[schemars(length(min = 1, max = 100))]
    attributes: Vec<AttributeName>,
}

impl Action for ResetCustomAttributes {
    type Output = Updated;
    const SPEC: Spec =
        Spec::new("reset_custom_attributes", "Reset custom attributes", Effect::Update).scopes(USERS_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Updated>> {
        let nulls = self.attributes.into_iter().map(|name| (name.0, Value::Null)).collect();
        let fields = custom_attributes(nulls, "attributes")?;
        Ok(Request::patch("/users/{user}")
            .path_param("user", self.user.0)
            .json(fields)
            .idempotent()
            .accepted()
            .map(|_| Updated { updated: true }))
    }
}
