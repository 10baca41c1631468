//! `time_zones`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::vocabulary::Mailbox;

/// The time zones that the mailbox's server knows. IANA names such as `Europe/Berlin` are understood too.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeZones {
    /// Whose server.
    #[serde(flatten)]
    mailbox: Mailbox,
}

impl Picklist for TimeZones {
    const SPEC: Spec = Spec::new("time_zones", "Time zones", Effect::Read)
        .delegated(&["User.Read", "User.ReadBasic.All"])
        .application(&["User.Read.All"]);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Zone {
            alias: String,
            display_name: Option<String>,
        }
        let search = ask.search;
        let zones = self.mailbox.root(cx)?.get("/outlook/supportedTimeZones");
        Ok(zones.choices_that(ask.from, move |zone: Zone| {
            Some(Choice::new(zone.alias.clone(), zone.display_name.unwrap_or(zone.alias)))
                .filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
