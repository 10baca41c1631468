//! `get_user_custom_attributes`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::custom;
use crate::permissions::USERS_READ;
use crate::vocabulary::{AttributeName, UserId};

/// Get custom attributes of a user: directory extensions, and `extensionAttribute1` to `15`. What has no value comes as null.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "e633c93d-f077-40d2-8c68-2ae455ceb72e", "attributes": ["extension_605a17c2d914422b89f744fd46953180_costCenter", "extensionAttribute1"] })]))]
pub struct GetUserCustomAttributes {
    /// The user.
    user: UserId,
    /// The attributes, by their full names.
    #[schemars(length(min = 1, max = 100))]
    attributes: Vec<AttributeName>,
}

impl Action for GetUserCustomAttributes {
    type Output = Map<String, Value>;
    const SPEC: Spec = Spec::new("get_user_custom_attributes", "Get user custom attributes", Effect::Read).scopes(USERS_READ).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Map<String, Value>>> {
        let names: Vec<String> = self.attributes.into_iter().map(|name| name.0).collect();
        let select = custom::select(&names, "attributes")?;
        let request = Request::get("/users/{user}").with("user", self.user.0).query("$select", select);
        Ok(request.decode::<Map<String, Value>>().map(move |found| custom::values(&names, &found)))
    }
}
