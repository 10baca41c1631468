//! `get_group_custom_attributes`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::GROUPS_READ;
use crate::users::custom;
use crate::vocabulary::{AttributeName, GroupId};

/// Get custom attributes of a group: directory extensions. Attributes without a value are null.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "attributes": ["extension_605a17c2d914422b89f744fd46953180_costCenter"] })]))]
pub struct GetGroupCustomAttributes {
    /// The group.
    group: GroupId,
    /// The attributes, by their full names.
    #[schemars(length(min = 1, max = 100))]
    attributes: Vec<AttributeName>,
}

impl Action for GetGroupCustomAttributes {
    type Output = Map<String, Value>;
    const SPEC: Spec = Spec::new("get_group_custom_attributes", "Get group custom attributes", Effect::Read)
        .scopes(GROUPS_READ)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Map<String, Value>>> {
        let names: Vec<String> = self.attributes.into_iter().map(|name| name.0).collect();
        let select = custom::select(&names, "attributes")?;
        let request = Request::get("/groups/{group}").path_param("group", self.group.0).query("$select", select);
        Ok(request.decode::<Map<String, Value>>().map(move |found| custom::values(&names, &found)))
    }
}
