//! `get_administrative_unit`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::UNITS_READ;
use crate::vocabulary::{AdministrativeUnit, UnitId};

/// Get an administrative unit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "unit": "9762af03-0340-4aa8-8db2-9ad59f4d671a" })]))]
pub struct GetAdministrativeUnit {
    /// The administrative unit.
    unit: UnitId,
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetAdministrativeUnit {
    type Output = Raw<AdministrativeUnit>;
    const SPEC: Spec =
        Spec::new("get_administrative_unit", "Get administrative unit", Effect::Read).scopes(UNITS_READ).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<AdministrativeUnit>>> {
        let request = Request::get("/directory/administrativeUnits/{unit}").path_param("unit", self.unit.0);
        Ok(request.query_opt("$select", self.select.names(&[])).raw())
    }
}
