//! `online_meetings`

use std::collections::HashSet;

use connector_sdk::{
    Choice, ChoiceQuery, Choices, Code, Context, Effect, Error, Link, Order, Page, Picklist, Plan, Request, Response,
    Result, Root, Spec, odata,
};
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

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let root = self.organizer.root(cx)?;
        let (from, until) = (cx.now.saturating_sub(AROUND), cx.now.saturating_add(AROUND));
        let (from, until) = (from.unwrap_or(Timestamp::MIN), until.unwrap_or(Timestamp::MAX));
        let view = root
            .get("/calendarView")
            .query("startDateTime", format!("{from:.0}"))
            .query("endDateTime", format!("{until:.0}"));
        let view = view
            .query("$select", "subject,start,onlineMeeting")
            .query("$orderby", "start/dateTime desc")
            .query("$top", PAGE);
        let search = ask.search;
        let events = view.choices_that(ask.from, move |event: Event| {
            let join = event.online_meeting?.join_url?;
            let subject = event.subject.filter(|text| !text.is_empty()).unwrap_or_else(|| "(no subject)".to_owned());
            let day = event.start.and_then(|start| start.date_time.get(..10).map(str::to_owned)).unwrap_or_default();
            let label = format!("{subject} – {day}");
            // One searches for a subject, not for an address.
            Some(Choice::new(join, label))
                .filter(|choice| Choice::new("", choice.label.as_str()).matches(search.as_deref()))
        });
        Ok(events.and_then(move |joins| find(joins, &root)))
    }
}

// From addresses to join at to the ids of meetings. Whoever was not invited by name does not find it, so it is left
// out.
fn find(mut joins: Choices, root: &Root) -> Plan<Choices> {
    // The occurrences of a series are one meeting.
    let mut known = HashSet::new();
    joins.choices.retain(|choice| known.insert(choice.value.clone()));
    if joins.choices.is_empty() {
        return Plan::done(joins);
    }
    let by_address = |(place, choice): (usize, Choice)| {
        let find =
            root.get("/onlineMeetings").query("$filter", format!("joinWebUrl eq {}", odata::string(&choice.value)));
        Looked { place, choice, list: find.with_scopes(MEETINGS_READ) }
    };
    let looked = joins.choices.into_iter().enumerate().map(by_address).collect();
    Found::default().look(looked).try_map(move |found| found.choices(joins.next_page_token))
}

/// A meeting that is looked for.
struct Looked {
    place: usize,
    choice: Choice,
    list: Request,
}

/// What was found so far, with its place in the calendar.
#[derive(Default)]
struct Found {
    meetings: Vec<(usize, Choice)>,
    refused: Option<Error>,
    seen: HashSet<Link>,
}

impl Found {
    // Reads a page of each list, and of those that have nothing yet the next one: a page may be empty and lead on.
    fn look(mut self, looked: Vec<Looked>) -> Plan<Found> {
        if looked.is_empty() {
            return Plan::done(self);
        }
        let requests = looked.iter().map(|looked| looked.list.clone()).collect();
        let go = move |answers: Vec<Result<Response>>| {
            let mut following = Vec::new();
            for (looked, answer) in looked.into_iter().zip(answers) {
                match answer.and_then(|answer| Page::read(&answer)) {
                    Ok(page) => match (page.items.first(), page.next) {
                        (Some(item), _) => {
                            let meeting = item.read_what_fits::<OnlineMeeting>();
                            self.meetings.extend(meeting.map(|meeting| {
                                let Choice { label, parent, .. } = looked.choice;
                                (looked.place, Choice::new(meeting.id, label).with_parent(parent))
                            }));
                        }
                        (None, Some(next)) if self.seen.insert(next.clone()) => {
                            following.push(Looked { list: looked.list.at(next), ..looked });
                        }
                        (None, _) => {}
                    },
                    Err(error) if error.code() == Code::NotFound => {}
                    Err(error) => self.refused = Some(error),
                }
            }
            self.look(following)
        };
        Plan::all(requests, Order::Any, go)
    }

    fn choices(mut self, next_page_token: Option<String>) -> Result<Choices> {
        match self.refused {
            // Where none may be looked for, an empty list would say that there are none.
            Some(error) if self.meetings.is_empty() => Err(error),
            _ => {
                self.meetings.sort_by_key(|(place, _)| *place);
                Ok(Choices::new(self.meetings.into_iter().map(|(_, choice)| choice).collect())
                    .with_next_page_token(next_page_token))
            }
        }
    }
}
