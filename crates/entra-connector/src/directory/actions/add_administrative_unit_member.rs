//! `add_administrative_unit_member`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::UNITS_WRITE;
use crate::references;
use crate::vocabulary::{Added, ObjectId, UnitId};

/// Add a member to an administrative unit. Adding an existing one changes nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "unit": "9762af03-0340-4aa8-8db2-9ad59f4d671a", "member": "c0e38b25-9595-4155-8c2c-195de4a7b58d" })]))]
pub struct AddAdministrativeUnitMember {
    /// The administrative unit.
    unit: UnitId,
    /// The member, by object id.
    #[schemars(extend("x-picklist" = "users"))]
    member: ObjectId,
}

impl Action for AddAdministrativeUnitMember {
    type Output = Added;
    const SPEC: Spec = Spec::new("add_administrative_unit_member", "Add administrative unit member", Effect::Update)
        .scopes(UNITS_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Added>> {
        let request =
            Request::post("/directory/administrativeUnits/{unit}/members/$ref").path_param("unit", self.unit.0);
        Ok(references::add(request, references::object(cx, &self.member.0, "member")?).map(|_| Added { added: true }))
    }
}
