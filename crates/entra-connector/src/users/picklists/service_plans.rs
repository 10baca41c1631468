//! `service_plans`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::LICENSES_READ;
use crate::vocabulary::SkuId;

/// The service plans of the licences that the tenant has.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServicePlans {
    /// The licence; the default is all of them.
    sku_id: Option<SkuId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sku {
    sku_id: String,
    #[serde(default)]
    service_plans: Vec<ServicePlan>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServicePlan {
    service_plan_id: String,
    service_plan_name: Option<String>,
}

impl Picklist for ServicePlans {
    const SPEC: Spec = Spec::new("service_plans", "Service plans", Effect::Read).scopes(LICENSES_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let wanted = self.sku_id;
        Ok(Request::get("/subscribedSkus").query("$select", "skuId,servicePlans").all_items().try_map(move |skus| {
            let mut choices: Vec<Choice> = Vec::new();
            for item in skus {
                let Some(sku) = item.read_what_fits::<Sku>() else { continue };
                if wanted.as_ref().is_some_and(|wanted| !wanted.0.eq_ignore_ascii_case(&sku.sku_id)) {
                    continue;
                }
                // A plan without a name goes by its id.
                let plans = sku.service_plans.into_iter().map(|plan| {
                    let name = plan
                        .service_plan_name
                        .filter(|name| !name.is_empty())
                        .unwrap_or_else(|| plan.service_plan_id.clone());
                    Choice::new(plan.service_plan_id, name)
                });
                choices.extend(plans.filter(|plan| plan.matches(ask.search.as_deref())));
            }
            // A plan may belong to several licences.
            let mut seen = std::collections::HashSet::new();
            choices.retain(|choice| seen.insert(choice.value.clone()));
            Ok(Choices::new(choices))
        }))
    }
}
