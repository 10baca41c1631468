//! `create_administrative_unit`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Edit, Effect, Error, Fields, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::UNITS_WRITE;
use crate::vocabulary::{AdministrativeUnit, MembershipType, UnitVisibility};

/// Create an administrative unit, with members that are added or follow from a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "displayName": "Oslo", "description": "Everybody in Oslo" })]))]
#[schemars(transform = rules::only_with(&["membershipRule", "membershipType=Dynamic"]))]
#[schemars(transform = rules::needed_with(&["membershipRule", "membershipType=Dynamic"]))]
pub struct CreateAdministrativeUnit {
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: String,
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
    /// Other properties of the unit, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for CreateAdministrativeUnit {
    type Output = Raw<AdministrativeUnit>;
    const SPEC: Spec = Spec::new("create_administrative_unit", "Create administrative unit", Effect::Create)
        .scopes(UNITS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<AdministrativeUnit>>> {
        let rule = self.membership_rule.value().is_some();
        if rule != (self.membership_type.value() == Some(&MembershipType::Dynamic)) {
            return Err(Error::invalid(
                "/membershipRule",
                "a rule goes with the membership type `Dynamic`, and only with it",
            ));
        }
        let fields = Fields::default()
            .with("displayName", Some(self.display_name))
            .edit("description", self.description)?
            .edit("visibility", self.visibility)?
            .edit("membershipType", self.membership_type)?
            .edit("membershipRule", self.membership_rule)?
            .with("membershipRuleProcessingState", rule.then_some("On"))
            .and(self.additional_properties);
        Ok(Request::post("/directory/administrativeUnits").json(fields).raw())
    }
}
