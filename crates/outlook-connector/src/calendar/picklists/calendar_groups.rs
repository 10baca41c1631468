//! `calendar_groups`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{CalendarGroup, Mailbox};

/// The groups of calendars.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarGroups {
    /// Whose groups.
    #[serde(flatten)]
    mailbox: Mailbox,
}

impl Picklist for CalendarGroups {
    const SPEC: Spec = Spec::new("calendar_groups", "Calendar groups", Effect::Read).scopes(CALENDARS_SEE);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let groups = self.mailbox.root(cx)?.get("/calendarGroups").query("$top", 100);
        let search = ask.search;
        Ok(groups.choices_that(ask.from, move |group: CalendarGroup| {
            Some(Choice::new(group.id, group.name.unwrap_or_default()))
                .filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
