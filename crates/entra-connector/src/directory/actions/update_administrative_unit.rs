//! `update_administrative_unit`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Edit, Effect, Fields, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::UNITS_WRITE;
use crate::vocabulary::{MembershipType, UnitId, UnitVisibility, Updated};

/// Change an administrative unit. Absent properties stay as they are, and null clears a property.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "unit": "9762af03-0340-4aa8-8db2-9ad59f4d671a", "description": null })]))]
#[schemars(transform = rules::something_beside(&["unit", "clearEmptyFields"]))]
pub struct UpdateAdministrativeUnit {
    /// The administrative unit.
    unit: UnitId,
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: Option<String>,
    /// What it is for.
    #[serde(default)]
    #[schemars(length(max = 1024))]
    description: Edit<String>,
    /// Who can see it and its members.
    #[serde(default)]
    visibility: Edit<UnitVisibility>,
    /// Whether members are added one by one or follow from a rule.
    #[serde(default)]
    membership_type: Edit<MembershipType>,
    /// The rule of a dynamic unit, such as `user.city -eq "Seattle"`.
    #[serde(default)]
    #[schemars(length(max = 3072))]
    membership_rule: Edit<String>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
    /// Other properties of the unit, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for UpdateAdministrativeUnit {
    type Output = Updated;
    const SPEC: Spec = Spec::new("update_administrative_unit", "Update administrative unit", Effect::Update)
        .scopes(UNITS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Updated>> {
        let rule = self.membership_rule.value().is_some();
        let fields = Fields::default()
            .with("displayName", self.display_name)
            .edit("description", self.description)?
            .edit("visibility", self.visibility)?
            .edit("membershipType", self.membership_type)?
            .edit("membershipRule", self.membership_rule)?
            .with("membershipRuleProcessingState", rule.then_some("On"))
            .and(self.additional_properties)
            .clear_empty(self.clear_empty_fields)
            .not_empty()?;
        Ok(Request::patch("/directory/administrativeUnits/{unit}")
            .path_param("unit", self.unit.0)
            .json(fields)
            .idempotent()
            .accepted()
            .map(|_| Updated { updated: true }))
    }
}
