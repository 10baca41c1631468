//! `online_meetings`

use std::collections::HashSet;

use connector_sdk::{Ask, Choice, Choices, Code, Context, Effect, Order, Page, Picklist, Plan, Response, Result, Root, Spec, Then, odata};
use jiff::{SignedDuration, Timestamp};
use outlook_connector::permissions::CALENDARS_SEE;
use outlook_connector::vocabulary::Event;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::MEETINGS_READ;
use crate::vocabulary::{OnlineMeeting, Organizer};

/// How far back and ahead meetings are offered.
const AROUND: SignedDuration = SignedDuration::from_hours(30 * 24);
/// As many events as requests fit into a batch.
const PAGE: u32 = 20;

/// The online meetings in the calendar, of the last 30 days and the next 30. Graph lists no others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnlineMeetings {
    /// Whose meetings.
    #[serde(flatten)]
    organizer: Organizer,
}

impl Picklist for OnlineMeetings {
    const SPEC: Spec = Spec::new("online_meetings", "Online meetings", Effect::Read).scopes(CALENDARS_SEE);

    fn choices(self, ask: Ask, cx: &Context) -> Result<Plan<Choices>> {
        let root = self.organizer.root(cx)?;
        let (from, until) = (cx.now.saturating_sub(AROUND), cx.now.saturating_add(AROUND));
        let (from, until) = (from.unwrap_or(Timestamp::MIN), until.unwrap_or(Timestamp::MAX));
        let view = root.get("/calendarView").query("startDateTime", format!("{from:.0}")).query("endDateTime", format!("{until:.0}"));
        let view = view.query("$select", "subject,start,onlineMeeting").query("$orderby", "start/dateTime desc").query("$top", PAGE);
        let search = ask.search;
        let events = view.choices_that(ask.from, move |event: Event| {
            let join = event.online_meeting?.join_url?;
            let subject = event.subject.filter(|text| !text.is_empty()).unwrap_or_else(|| "(no subject)".to_owned());
            let day = event.start.and_then(|start| start.date_time.get(..10).map(str::to_owned)).unwrap_or_default();
            let label = format!("{subject} – {day}");
            // One searches for a subject, not for an address.
            Some(Choice::new(join, label)).filter(|choice| Choice::new("", choice.label.as_str()).matches(search.as_deref()))
        });
        Ok(events.and_then(move |joins| find(joins, &root)))
    }
}

// From addresses to join at to the ids of meetings. Whoever was not invited by name does not find it, so it is left out.
fn find(mut joins: Choices, root: &Root) -> Plan<Choices> {
    // The occurrences of a series are one meeting.
    let mut known = HashSet::new();
    joins.choices.retain(|choice| known.insert(choice.value.clone()));
    if joins.choices.is_empty() {
        return Plan::Done(joins);
    }
    let by_address = |choice: &Choice| {
        let find = root.get("/onlineMeetings").query("$filter", format!("joinWebUrl eq {}", odata::string(&choice.value)));
        find.under(MEETINGS_READ)
    };
    let requests = joins.choices.iter().map(by_address).collect();
    Plan::All(
        requests,
        Order::Any,
        Then::last(|answers: Vec<Result<Response>>| {
            let mut refused = None;
            let mut found = Vec::new();
            for (choice, answer) in joins.choices.into_iter().zip(answers) {
                match answer.and_then(|answer| Page::read(&answer)) {
                    Ok(page) => {
                        let meeting = page.items.first().and_then(|item| item.read_what_fits::<OnlineMeeting>());
                        found.extend(meeting.map(|meeting| Choice { value: meeting.id, ..choice }));
                    }
                    Err(error) if error.code() == Code::NotFound => {}
                    Err(error) => refused = Some(error),
                }
            }
            match refused {
                // Where none may be looked for, an empty list would say that there are none.
                Some(error) if found.is_empty() => Plan::Fail(error),
                _ => Plan::Done(Choices { choices: found, next_page_token: joins.next_page_token }),
            }
        }),
    )
}
