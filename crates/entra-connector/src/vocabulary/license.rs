//! Licences.

use connector_sdk::schema::rules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{ServicePlanId, SkuId};

/// A licence that the tenant has; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/subscribedsku
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "subscribedSku"))]
pub struct SubscribedSku {
    /// The id.
    pub id: String,
    /// The id of the SKU, by which licences are assigned.
    pub sku_id: Option<String>,
    /// Its short name, such as `ENTERPRISEPREMIUM`.
    pub sku_part_number: Option<String>,
    /// `User` or `Company`.
    pub applies_to: Option<String>,
    /// Such as `Enabled` or `Suspended`.
    pub capability_status: Option<String>,
    /// Number of assigned licences.
    pub consumed_units: Option<i64>,
    /// Number of licences, by their state.
    pub prepaid_units: Option<Map<String, Value>>,
    /// The service plans that it contains.
    pub service_plans: Option<Vec<Map<String, Value>>>,
    /// The subscriptions that it comes from.
    pub subscription_ids: Option<Vec<String>>,
    /// The name of the account.
    pub account_name: Option<String>,
}

/// A licence that a user has; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/licensedetails
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "licenseDetails"))]
pub struct LicenseDetails {
    /// The id.
    pub id: String,
    /// The id of the SKU.
    pub sku_id: Option<String>,
    /// Its short name.
    pub sku_part_number: Option<String>,
    /// The service plans that it contains, and whether each is set up.
    pub service_plans: Option<Vec<Map<String, Value>>>,
}

/// A licence to assign.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub struct LicenseToAdd {
    /// The licence.
    pub sku_id: SkuId,
    /// Service plans that are switched off. The list is replaced as a whole; without it, all are switched on.
    #[serde(default)]
    pub disabled_plans: Vec<ServicePlanId>,
}

/// Which licences to assign and to take away. Used with `#[serde(flatten)]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::at_least_one(&["add", "remove"]))]
pub struct LicenseChange {
    /// Licences to assign. One that is assigned already is changed to have these plans switched off.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub add: Vec<LicenseToAdd>,
    /// Licences to remove.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub remove: Vec<SkuId>,
}

impl LicenseChange {
    /// As Graph takes it.
    ///
    /// # Errors
    /// `invalid_input` when there is nothing to do, or a licence is both to come and to go.
    pub fn body(&self) -> connector_sdk::Result<Value> {
        if self.add.is_empty() && self.remove.is_empty() {
            return Err(connector_sdk::Error::invalid(
                "/add",
                "there is nothing to do: give licences to `add` or to `remove`",
            ));
        }
        let both = |sku: &SkuId| self.add.iter().any(|licence| licence.sku_id.0.eq_ignore_ascii_case(&sku.0));
        if let Some(place) = self.remove.iter().position(both) {
            return Err(connector_sdk::Error::invalid(format!("/remove/{place}"), "this licence is also in `add`"));
        }
        let add: Vec<Value> = self
            .add
            .iter()
            .map(|licence| json!({ "skuId": licence.sku_id, "disabledPlans": licence.disabled_plans }))
            .collect();
        Ok(json!({ "addLicenses": add, "removeLicenses": self.remove }))
    }
}
