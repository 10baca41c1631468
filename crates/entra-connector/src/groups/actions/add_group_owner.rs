//! `add_group_owner`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::GROUPS_WRITE;
use crate::references;
use crate::vocabulary::{Added, GroupId, ObjectId};

/// Make a user an owner of a group. Adding an existing one changes nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "owner": "c0e38b25-9595-4155-8c2c-195de4a7b58d" })]))]
pub struct AddGroupOwner {
    /// The group.
    group: GroupId,
    /// The owner, by object id.
    #[schemars(extend("x-picklist" = "users"))]
    owner: ObjectId,
}

impl Action for AddGroupOwner {
    type Output = Added;
    const SPEC: Spec = Spec::new("add_group_owner", "Add group owner", Effect::Update).scopes(GROUPS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Added>> {
        let request = Request::post("/groups/{group}/owners/$ref").path_param("group", self.group.0);
        Ok(references::add(request, references::object(cx, &self.owner.0, "owner")?).map(|_| Added { added: true }))
    }
}
