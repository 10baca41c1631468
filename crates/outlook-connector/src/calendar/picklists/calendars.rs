//! `calendars`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{Calendar, Mailbox};

/// The calendars of a mailbox: its own, and those that others share with it, listed with their owner.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Calendars {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
}

impl Picklist for Calendars {
    const SPEC: Spec = Spec::new("calendars", "Calendars", Effect::Read).scopes(CALENDARS_SEE);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let calendars = self.mailbox.root(cx)?.get("/calendars").query("$select", "id,name,owner").query("$top", 100);
        let search = ask.search;
        Ok(calendars.choices_that(ask.from, move |calendar: Calendar| {
            let name = calendar.name.unwrap_or_default();
            let owner = calendar.owner.and_then(|owner| owner.name);
            let label = owner.map_or_else(|| name.clone(), |owner| format!("{name} ({owner})"));
            Some(Choice::new(calendar.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
