//! `subscriptions`

use connector_sdk::{Ask, Choice, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::WATCH_CASES;
use crate::subscriptions::Subscription;

/// The subscriptions of the connection, by what they watch.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscriptions {}

impl Picklist for Subscriptions {
    const SPEC: Spec = Spec::new("subscriptions", "Subscriptions", Effect::Read).by_input().cases(WATCH_CASES);

    fn choices(self, ask: Ask, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        Ok(Request::get("/subscriptions").choices_that(ask.from, move |it: Subscription| {
            let label = format!("{} ({})", it.resource.unwrap_or_default(), it.change_type.unwrap_or_default());
            Some(Choice::new(it.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
