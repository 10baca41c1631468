//! `update_user_custom_attributes`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::USERS_WRITE;
use crate::vocabulary::{Updated, UserId, custom_attributes};

/// Set custom attributes of a user: directory extensions, and `extensionAttribute1` to `15` where the user does not
/// come from an on-premises directory.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "c0e38b25-9595-4155-8c2c-195de4a7b58d", "attributes": { "extension_605a17c2d914422b89f744fd46953180_costCenter": "CC-7", "extensionAttribute1": "south" } })]))]
pub struct UpdateUserCustomAttributes {
    /// The user.
    user: UserId,
    /// Values by the full names of the attributes, such as `extension_<appId>_costCenter`. Null clears.
    #[schemars(extend("minProperties" = 1))]
    attributes: Map<String, Value>,
}

impl Action for UpdateUserCustomAttributes {
    type Output = Updated;
    const SPEC: Spec = Spec::new("update_user_custom_attributes", "Update user custom attributes", Effect::Update)
        .scopes(USERS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Updated>> {
        let fields =
            custom_attributes(self.attributes, "attributes")?.not_empty().map_err(|error| error.at("/attributes"))?;
        Ok(Request::patch("/users/{user}")
            .path_param("user", self.user.0)
            .json(fields)
            .idempotent()
            .accepted()
            .map(|_| Updated { updated: true }))
    }
}
