//! `list_subscriptions`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::WATCH_CASES;
use crate::subscriptions::Subscription;

/// List the subscriptions that this connection's app has made for the user, or for itself when an app is signed in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListSubscriptions {
    /// Only subscriptions whose notifications go to this address or below it, such as those of one instance of a program.
    #[schemars(length(min = 1, max = 2048))]
    notification_url: Option<String>,
}

impl Action for ListSubscriptions {
    type Output = List<Subscription>;
    const SPEC: Spec = Spec::new("list_subscriptions", "List subscriptions", Effect::Read).by_input().cases(WATCH_CASES).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Subscription>>> {
        let below = self.notification_url;
        Ok(Request::get("/subscriptions").pages_where(Paging::default(), move |item| {
            let known = || item.read::<Subscription>().ok()?.notification_url;
            below.as_deref().is_none_or(|below| known().is_some_and(|url| url.starts_with(below)))
        }))
    }
}
