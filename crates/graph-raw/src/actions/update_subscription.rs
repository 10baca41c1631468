//! `update_subscription`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::WATCH_CASES;
use crate::subscriptions::{Subscription, SubscriptionId};
use connector_sdk::subscription::expiry;

/// Renew a subscription: extend its lifetime.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "subscriptionId": "67f4f66e-4e74-41e8-8f84-9a6a9aa57a10", "expirationMinutes": 1440 })]))]
pub struct UpdateSubscription {
    /// The subscription.
    subscription_id: SubscriptionId,
    /// Lifetime from now, in minutes. The default is the maximum that Graph allows for the resource; a longer lifetime
    /// is reduced to it.
    #[schemars(range(min = 45))]
    expiration_minutes: Option<i64>,
}

impl Action for UpdateSubscription {
    type Output = Raw<Subscription>;
    const SPEC: Spec =
        Spec::new("update_subscription", "Update subscription", Effect::Update).by_input().cases(WATCH_CASES).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Subscription>>> {
        let path = |request: Request| request.path_param("subscription", self.subscription_id.0.as_str());
        let (look, renew) = (
            path(Request::get("/subscriptions/{subscription}")),
            path(Request::patch("/subscriptions/{subscription}")),
        );
        let (now, minutes) = (cx.now, self.expiration_minutes);
        // How long it may live depends on what it watches.
        Ok(look.decode::<Subscription>().and_then(move |known| {
            let resource = known.resource.unwrap_or_default();
            let until = expiry(now, &resource, known.include_resource_data == Some(true), minutes);
            renew.json(json!({ "expirationDateTime": until })).idempotent().raw()
        }))
    }
}
