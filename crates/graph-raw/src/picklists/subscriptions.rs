//! `subscriptions`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::WATCH_CASES;
use crate::subscriptions::{Subscription, Whose};

/// The subscriptions that this host has made, by what they watch. A host without an address for notifications cannot
/// recognise its own, and offers all subscriptions of the app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subscriptions {
    /// Which.
    #[serde(flatten)]
    whose: Whose,
}

impl Picklist for Subscriptions {
    const SPEC: Spec = Spec::new("subscriptions", "Subscriptions", Effect::Read).by_input().cases(WATCH_CASES);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let below = self.whose.below(cx)?;
        Ok(Request::get("/subscriptions").choices_that(ask.from, move |it: Subscription| {
            if !below.has(&it) {
                return None;
            }
            let label = format!("{} ({})", it.resource.unwrap_or_default(), it.change_type.unwrap_or_default());
            Some(Choice::new(it.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
