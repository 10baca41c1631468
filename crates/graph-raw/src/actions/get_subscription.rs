//! `get_subscription`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::WATCH_CASES;
use crate::subscriptions::{Subscription, SubscriptionId};

/// Get one subscription.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "subscriptionId": "67f4f66e-4e74-41e8-8f84-9a6a9aa57a10" })]))]
pub struct GetSubscription {
    /// The subscription.
    subscription_id: SubscriptionId,
}

impl Action for GetSubscription {
    type Output = Raw<Subscription>;
    const SPEC: Spec = Spec::new("get_subscription", "Get subscription", Effect::Read).by_input().cases(WATCH_CASES);

    fn plan(self, _: &Context) -> Result<Plan<Raw<Subscription>>> {
        Ok(Request::get("/subscriptions/{subscription}").path_param("subscription", self.subscription_id.0).raw())
    }
}
