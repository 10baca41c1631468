//! `remove_group_owner`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::GROUPS_WRITE;
use crate::references;
use crate::vocabulary::{GroupId, ObjectId, Taken};

/// Remove an owner from a group. The last owner cannot be removed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "41a03a37-4869-47d0-85bf-873ca585b923", "owner": "d97f245f-8fe8-4126-8ad1-ccdb6b7f6b78" })]))]
pub struct RemoveGroupOwner {
    /// The group.
    group: GroupId,
    /// The owner, by object id.
    #[schemars(extend("x-picklist" = "group_owners"))]
    owner: ObjectId,
}

impl Action for RemoveGroupOwner {
    type Output = Taken;
    const SPEC: Spec =
        Spec::new("remove_group_owner", "Remove group owner", Effect::Update).scopes(GROUPS_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Taken>> {
        let request = Request::delete("/groups/{group}/owners/{owner}/$ref")
            .path_param("group", self.group.0)
            .path_param("owner", self.owner.0);
        Ok(references::remove(request).map(|_| Taken { removed: true }))
    }
}
