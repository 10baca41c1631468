//! `list_administrative_unit_members`

use connector_sdk::{Action, Context, Count, Effect, List, Pages, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::UNITS_READ;
use crate::vocabulary::{DirectoryObject, UnitId};

/// List the members of an administrative unit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "unit": "9762af03-0340-4aa8-8db2-9ad59f4d671a" })]))]
pub struct ListAdministrativeUnitMembers {
    /// The administrative unit.
    unit: UnitId,
    /// Whether to count.
    #[serde(flatten)]
    count: Count,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListAdministrativeUnitMembers {
    type Output = List<DirectoryObject>;
    const SPEC: Spec = Spec::new("list_administrative_unit_members", "List administrative unit members", Effect::Read)
        .scopes(UNITS_READ)
        .list();

    fn plan(self, _: &Context) -> Result<Plan<List<DirectoryObject>>> {
        let members = Request::get("/directory/administrativeUnits/{unit}/members").path_param("unit", self.unit.0);
        Ok(advanced::counted(members, self.count).pages(self.pages.paging()?))
    }
}
