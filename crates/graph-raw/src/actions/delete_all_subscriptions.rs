//! `delete_all_subscriptions`

use connector_sdk::{Action, Code, Context, Effect, Error, Json, Order, Plan, Request, Response, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::WATCH_CASES;
use crate::subscriptions::{Below, Subscription, Whose};

/// End all subscriptions that this host has made: for the user, or for the app when an app is signed in. A host without
/// an address for notifications needs `notificationUrl`, or `instanceOnly` set to false.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "notificationUrl": "https://hooks.contoso.example/" })]))]
pub struct DeleteAllSubscriptions {
    /// Which.
    #[serde(flatten)]
    whose: Whose,
}

/// The outcomes.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Ended {
    /// Number of subscriptions that were ended.
    deleted: usize,
    /// The subscriptions that could not be ended, and why.
    failed: Vec<Failure>,
}

/// A subscription that could not be ended.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Failure {
    /// Its id.
    id: String,
    /// Why.
    message: String,
}

impl Action for DeleteAllSubscriptions {
    type Output = Ended;
    const SPEC: Spec =
        Spec::new("delete_all_subscriptions", "Delete all subscriptions", Effect::Delete).by_input().cases(WATCH_CASES);

    fn plan(self, cx: &Context) -> Result<Plan<Ended>> {
        let below = self.whose.below(cx)?;
        if matches!(below, Below::Unknown) {
            return Err(Error::invalid(
                "/instanceOnly",
                "this host has no address for notifications, so it cannot distinguish its own subscriptions from those of other programs with the same app",
            )
            .with_hint("Give `notificationUrl`, to end those of one address; or `instanceOnly` false, to end every subscription of the app."));
        }
        Ok(Request::get("/subscriptions").all_items().and_then(move |found| {
            // One without an id cannot be named, and hides no other.
            let wanted = found.iter().filter_map(Json::read_what_fits::<Subscription>).filter(|it| below.has(it));
            let ids: Vec<String> = wanted.map(|it| it.id).collect();
            if ids.is_empty() {
                return Plan::done(Ended::default());
            }
            let requests = ids
                .iter()
                .map(|id| Request::delete("/subscriptions/{subscription}").path_param("subscription", id.as_str()))
                .collect();
            Plan::finish_all(requests, Order::Any, |answers| Ok(tell(ids, answers)))
        }))
    }
}

fn tell(ids: Vec<String>, answers: Vec<Result<Response>>) -> Ended {
    let mut ended = Ended::default();
    for (id, answer) in ids.into_iter().zip(answers) {
        match answer.err().filter(|error: &Error| error.code() != Code::NotFound) {
            // One that has ended meanwhile is what was wanted.
            None => ended.deleted += 1,
            Some(error) => ended.failed.push(Failure { id, message: format!("{error:#}") }),
        }
    }
    ended
}
