//! `restore_group`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::GROUPS_WRITE;
use crate::vocabulary::Group;

/// Bring a deleted group back, with what it had.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "groupId": "75162c0e-d554-4a37-8fdc-e5136de4710e" })]))]
pub struct RestoreGroup {
    /// The object id of the deleted group.
    #[schemars(extend("format" = "uuid"))]
    group_id: String,
}

impl Action for RestoreGroup {
    type Output = Raw<Group>;
    const SPEC: Spec = Spec::new("restore_group", "Restore group", Effect::Update).scopes(GROUPS_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<Group>>> {
        let request = Request::post("/directory/deletedItems/{object}/restore").path_param("object", self.group_id);
        Ok(request.raw())
    }
}
