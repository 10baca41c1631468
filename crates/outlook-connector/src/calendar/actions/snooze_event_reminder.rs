//! `snooze_event_reminder`

use connector_sdk::{Action, Context, Effect, Plan, Result, Spec, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{EventId, Mailbox, Moment};

/// Have the reminder of an event shown again at another time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4hAA==", "newReminderTime": "2027-03-01T08:00:00Z" })]))]
pub struct SnoozeEventReminder {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// When it is shown again.
    new_reminder_time: Moment,
    /// The time zone of a local time or day, by Windows or IANA name.
    time_zone: Option<Zone>,
}

/// The outcome.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Outcome {
    /// The reminder is shown again.
    snoozed: bool,
}

impl Action for SnoozeEventReminder {
    type Output = Outcome;
    const SPEC: Spec =
        Spec::new("snooze_event_reminder", "Snooze event reminder", Effect::Update).scopes(CALENDARS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Outcome>> {
        let time = self.new_reminder_time.with_zone(self.time_zone.as_ref(), "newReminderTime")?;
        let request =
            self.mailbox.root(cx)?.post("/events/{event}/snoozeReminder").exchange_id("event", self.event_id.0);
        Ok(request.json(json!({ "newReminderTime": time })).idempotent().accepted().map(|_| Outcome { snoozed: true }))
    }
}
