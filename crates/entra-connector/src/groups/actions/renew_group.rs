//! `renew_group`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::GROUPS_WRITE;
use crate::vocabulary::GroupId;

/// Renew a Microsoft 365 group that expires, for as long as the policy of the tenant says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206" })]))]
pub struct RenewGroup {
    /// The group.
    group: GroupId,
}

/// The group was renewed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Renewed {
    /// Graph made the change.
    renewed: bool,
}

impl Action for RenewGroup {
    type Output = Renewed;
    const SPEC: Spec = Spec::new("renew_group", "Renew group", Effect::Update).scopes(GROUPS_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Renewed>> {
        Ok(Request::post("/groups/{group}/renew")
            .path_param("group", self.group.0)
            .idempotent()
            .accepted()
            .map(|_| Renewed { renewed: true }))
    }
}
