//! `service_plans`

use connector_sdk::{Ask, Choice, Choices, Context, Effect, Picklist, Plan, Properties, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::permissions::LICENSES_READ;
use crate::vocabulary::SkuId;

/// The service plans of the licences that the tenant has.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServicePlans {
    /// The licence; the default is all of them.
    sku_id: Option<SkuId>,
}

impl Picklist for ServicePlans {
    const SPEC: Spec = Spec::new("service_plans", "Service plans", Effect::Read).scopes(LICENSES_READ);

    fn choices(self, ask: Ask, _: &Context) -> Result<Plan<Choices>> {
        let wanted = self.sku_id;
        Ok(Request::get("/subscribedSkus").query("$select", "skuId,servicePlans").all_items().try_map(move |skus| {
            let mut choices: Vec<Choice> = Vec::new();
            for item in skus {
                let sku = Properties::of(&item);
                let is_it = |wanted: &SkuId| sku.text("skuId").is_some_and(|id| wanted.0.eq_ignore_ascii_case(&id));
                if !wanted.as_ref().is_none_or(is_it) {
                    continue;
                }
                // A plan without a name goes by its id.
                let choice = |plan: &Value| {
                    let id = plan["servicePlanId"].as_str()?;
                    Some(Choice::new(id, plan["servicePlanName"].as_str().filter(|name| !name.is_empty()).unwrap_or(id)))
                };
                let plans: Vec<Value> = sku.get("servicePlans").unwrap_or_default();
                choices.extend(plans.iter().filter_map(choice).filter(|plan| plan.matches(ask.search.as_deref())));
            }
            // A plan may belong to several licences.
            let mut seen = std::collections::HashSet::new();
            choices.retain(|choice| seen.insert(choice.value.clone()));
            Ok(Choices { choices, next_page_token: None })
        }))
    }
}
