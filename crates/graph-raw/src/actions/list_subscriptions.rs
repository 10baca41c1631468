//! `list_subscriptions`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::WATCH_CASES;
use crate::subscriptions::{Subscription, Whose};

/// List the subscriptions that this host has made: for the user, or for the app when an app is signed in. A host
/// without an address for notifications cannot recognise its own, and lists all subscriptions of the app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListSubscriptions {
    /// Which.
    #[serde(flatten)]
    whose: Whose,
}

impl Action for ListSubscriptions {
    type Output = List<Subscription>;
    const SPEC: Spec =
        Spec::new("list_subscriptions", "List subscriptions", Effect::Read).by_input().cases(WATCH_CASES).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Subscription>>> {
        let below = self.whose.below(cx)?;
        Ok(Request::get("/subscriptions").pages_where(Paging::default(), move |item| {
            // One that cannot be read is told where all are.
            item.read_what_fits().map_or(!below.is_one(), |it| below.has(&it))
        }))
    }
}
