//! `events`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{CalendarId, Event, Mailbox};

/// How far ahead events are offered.
const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The events of the next 30 days, by subject and start.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Events {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
}

impl Picklist for Events {
    const SPEC: Spec = Spec::new("events", "Events", Effect::Read).scopes(CALENDARS_SEE);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let root = self.mailbox.root(cx)?;
        let view = CalendarId::below(self.calendar_id, &root, connector_sdk::http::Method::GET, "/calendarView");
        let until = cx.now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
        let view = view.query("startDateTime", format!("{:.0}", cx.now)).query("endDateTime", format!("{until:.0}"));
        let view = view.query("$select", "id,subject,start").query("$orderby", "start/dateTime").query("$top", 100);
        let search = ask.search;
        Ok(view.choices_that(ask.from, move |event: Event| {
            let subject = event.subject.filter(|text| !text.is_empty()).unwrap_or_else(|| "(no subject)".to_owned());
            let start = event.start.map(|start| start.date_time.chars().take(16).collect::<String>().replace('T', " "));
            let label = start.map_or_else(|| subject.clone(), |start| format!("{subject} – {start}"));
            Some(Choice::new(event.id, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
