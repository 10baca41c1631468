//! `delete_subscription`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::WATCH_CASES;
use crate::subscriptions::SubscriptionId;

/// End a subscription.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "subscriptionId": "67f4f66e-4e74-41e8-8f84-9a6a9aa57a10" })]))]
pub struct DeleteSubscription {
    /// The subscription.
    subscription_id: SubscriptionId,
}

impl Action for DeleteSubscription {
    type Output = Deleted;
    const SPEC: Spec =
        Spec::new("delete_subscription", "Delete subscription", Effect::Delete).by_input().cases(WATCH_CASES).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        Ok(Request::delete("/subscriptions/{subscription}")
            .path_param("subscription", self.subscription_id.0)
            .deleted())
    }
}
