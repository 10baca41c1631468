//! `delete_administrative_unit`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::UNITS_WRITE;
use crate::vocabulary::UnitId;

/// Delete an administrative unit. Its members stay what they are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "unit": "9762af03-0340-4aa8-8db2-9ad59f4d671a" })]))]
pub struct DeleteAdministrativeUnit {
    /// The administrative unit.
    unit: UnitId,
}

impl Action for DeleteAdministrativeUnit {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_administrative_unit", "Delete administrative unit", Effect::Delete)
        .scopes(UNITS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        Ok(Request::delete("/directory/administrativeUnits/{unit}").path_param("unit", self.unit.0).deleted())
    }
}
