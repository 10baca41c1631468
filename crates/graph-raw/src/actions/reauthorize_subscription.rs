//! `reauthorize_subscription`

use connector_sdk::{Accepted, Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::WATCH_CASES;
use crate::subscriptions::SubscriptionId;

/// Authorise a subscription again, when Graph asks for it by a `reauthorizationRequired` notification. Its lifetime
/// stays the same.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "subscriptionId": "67f4f66e-4e74-41e8-8f84-9a6a9aa57a10" })]))]
pub struct ReauthorizeSubscription {
    /// The subscription.
    subscription_id: SubscriptionId,
}

impl Action for ReauthorizeSubscription {
    type Output = Accepted;
    const SPEC: Spec =
        Spec::new("reauthorize_subscription", "Reauthorize subscription", Effect::Update).by_input().cases(WATCH_CASES);

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        Ok(Request::post("/subscriptions/{subscription}/reauthorize")
            .path_param("subscription", self.subscription_id.0)
            .idempotent()
            .accepted())
    }
}
