//! `get_schedule`

use connector_sdk::{Action, Context, Effect, FailedPart, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::calendar::window::Window;
use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{Address, Mailbox, Moment, Preferences, ScheduleInformation};

/// Ask when people, rooms and lists are free or busy between two times. There is no limit on the number: a request
/// carries 20.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "schedules": ["meganb@contoso.example"], "start": "2026-05-04", "end": "2026-05-05", "timeZone": "Europe/Berlin" })]))]
pub struct GetSchedule {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The addresses of people, rooms or lists.
    #[schemars(length(min = 1))]
    schedules: Vec<Address>,
    /// Where the window begins.
    start: Moment,
    /// Where the window ends.
    end: Moment,
    /// The length of a slot of `availabilityView`, in minutes.
    #[serde(default = "half_an_hour")]
    #[schemars(range(min = 5, max = 1440))]
    interval_minutes: u32,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
}

/// How many addresses one request takes.
const AT_ONCE: usize = 20;

fn half_an_hour() -> u32 {
    30
}

/// When each is free or busy.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Schedules {
    /// One for each address, in their order.
    items: Vec<Raw<ScheduleInformation>>,
    /// The parts of the input whose request failed, and why: their results are missing. If all requests failed, the
    /// action fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<FailedPart>,
}

impl Action for GetSchedule {
    type Output = Schedules;
    const SPEC: Spec = Spec::new("get_schedule", "Get schedule", Effect::Read).scopes(CALENDARS_SEE);

    fn plan(self, cx: &Context) -> Result<Plan<Schedules>> {
        let zone = self.preferences.time_zone.as_ref();
        Window::new(&self.start, &self.end, zone)?;
        let (start, end) = (self.start.with_zone(zone, "start")?, self.end.with_zone(zone, "end")?);
        let interval = self.interval_minutes;
        let request = self.preferences.apply(self.mailbox.root(cx)?.post("/calendar/getSchedule")).idempotent();
        let addresses = self.schedules.into_iter().map(|address| address.0).collect();
        let ask = move |addresses: &[String]| {
            request
                .clone()
                .json(json!({ "schedules": addresses, "startTime": start, "endTime": end, "availabilityViewInterval": interval }))
        };
        Ok(Plan::in_parts(addresses, AT_ONCE, ask, |items, failed| Schedules {
            items: items.into_iter().map(Raw::new).collect(),
            failed,
        }))
    }
}
