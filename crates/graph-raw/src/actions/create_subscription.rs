//! `create_subscription`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::WATCH_CASES;
use crate::subscriptions::{self, Subscription, Wanted};

/// Subscribe to the changes of a resource: Graph calls an address when something happens. It needs the permission to
/// read the resource. A subscription expires after some days and has to be renewed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "resource": "me/contacts", "changeTypes": ["created"], "notificationUrl": "https://hooks.contoso.example/graph" })]))]
pub struct CreateSubscription {
    /// Path of the resource to watch, such as `me/messages`, `groups` or `me/drive/root`.
    #[schemars(length(min = 1, max = 2048))]
    resource: String,
    /// How.
    #[serde(flatten)]
    wanted: Wanted,
}

impl Action for CreateSubscription {
    type Output = Raw<Subscription>;
    const SPEC: Spec =
        Spec::new("create_subscription", "Create subscription", Effect::Create).by_input().cases(WATCH_CASES);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Subscription>>> {
        subscriptions::subscribe(self.resource, self.wanted, None, cx)
    }
}
