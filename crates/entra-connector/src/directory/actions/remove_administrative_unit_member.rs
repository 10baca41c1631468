//! `remove_administrative_unit_member`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::UNITS_WRITE;
use crate::references;
use crate::vocabulary::{ObjectId, Taken, UnitId};

/// Remove a member from an administrative unit. The object itself stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "unit": "9762af03-0340-4aa8-8db2-9ad59f4d671a", "member": "397e8b4f-12bb-4369-83d0-2d3fbe5ba0f3" })]))]
pub struct RemoveAdministrativeUnitMember {
    /// The administrative unit.
    unit: UnitId,
    /// The member, by object id.
    #[schemars(extend("x-picklist" = "administrative_unit_members"))]
    member: ObjectId,
}

impl Action for RemoveAdministrativeUnitMember {
    type Output = Taken;
    const SPEC: Spec =
        Spec::new("remove_administrative_unit_member", "Remove administrative unit member", Effect::Update)
            .scopes(UNITS_WRITE)
            .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Taken>> {
        let request = Request::delete("/directory/administrativeUnits/{unit}/members/{member}/$ref")
            .path_param("unit", self.unit.0)
            .path_param("member", self.member.0);
        Ok(references::remove(request).map(|_| Taken { removed: true }))
    }
}
