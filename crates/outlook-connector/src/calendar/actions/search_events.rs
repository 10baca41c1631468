//! `search_events`

use connector_sdk::schema::rules;
use connector_sdk::{
    Action, Context, Effect, Error, List, Pages, Plan, Result, Select, Spec, Zone, http::Method, odata,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{CalendarId, EVENT_FIELDS, Event, KnownAddress, Mailbox, Moment, Preferences};

/// Search events by subject, people and times; an event must meet all criteria. A series is one event, its master.
/// Organisers and attendees are compared here, because Graph cannot filter by them everywhere.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "subjectContains": "review", "select": ["subject", "start"] })]))]
#[schemars(transform = rules::at_least_one(&["subjectContains", "organizerEmail", "attendeeEmail", "startAfter", "startBefore", "endBefore", "filter"]))]
pub struct SearchEvents {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
    /// A part of the subject.
    #[schemars(length(min = 1, max = 255))]
    subject_contains: Option<String>,
    /// The address of the organiser.
    organizer_email: Option<KnownAddress>,
    /// The address of somebody who is invited.
    attendee_email: Option<KnownAddress>,
    /// Only events that begin at this time or later.
    start_after: Option<Moment>,
    /// Only events that begin before this time.
    start_before: Option<Moment>,
    /// Only events that end before this time.
    end_before: Option<Moment>,
    /// One more OData filter that must be met.
    #[schemars(length(min = 1, max = 2000), example = "importance eq 'high'")]
    filter: Option<String>,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
}

impl Action for SearchEvents {
    type Output = List<Event>;
    const SPEC: Spec = Spec::new("search_events", "Search events", Effect::Read).scopes(CALENDARS_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Event>>> {
        let utc = Zone::utc();
        let zone = self.preferences.time_zone.as_ref();
        let time = |moment: &Option<Moment>, property: &str, condition: &str| -> Result<Option<String>> {
            let Some(moment) = moment else { return Ok(None) };
            let clock = utc.clock(moment.instant(zone, property)?);
            Ok(Some(format!("{condition} '{clock}'")))
        };
        let mut filter: Vec<String> = Vec::new();
        filter.extend(time(&self.start_after, "startAfter", "start/dateTime ge")?);
        filter.extend(time(&self.start_before, "startBefore", "start/dateTime lt")?);
        filter.extend(time(&self.end_before, "endBefore", "end/dateTime lt")?);
        filter.extend(self.subject_contains.map(|text| format!("contains(subject,{})", odata::string(&text))));
        filter.extend(self.filter.map(|more| format!("({more})")));
        let (organizer, attendee) = (self.organizer_email, self.attendee_email);
        if filter.is_empty() && organizer.is_none() && attendee.is_none() {
            return Err(Error::invalid(
                "/subjectContains",
                "there is nothing to search for: give at least one property",
            ));
        }
        let compares = organizer.is_some() || attendee.is_some();
        let mut select = self.select;
        if compares && select.select.is_some() {
            select.additional_fields.get_or_insert_default().extend(["organizer".to_owned(), "attendees".to_owned()]);
        }
        let root = self.mailbox.root(cx)?;
        let request = CalendarId::below(self.calendar_id, &root, Method::GET, "/events");
        let request = request.query_opt("$filter", (!filter.is_empty()).then(|| filter.join(" and ")));
        let request = request
            .query_opt("$select", select.names(EVENT_FIELDS))
            .query("$top", if compares { 100 } else { self.pages.page_size(100) });
        let request = self.preferences.apply(request);
        let paging = self.pages.paging()?;
        if !compares {
            return Ok(request.pages(paging));
        }
        Ok(request.pages_where(paging, move |item| {
            let Ok(event) = item.read::<Event>() else { return false };
            let same = |known: Option<String>, wanted: &KnownAddress| known.is_some_and(|known| wanted.is(&known));
            organizer
                .as_ref()
                .is_none_or(|wanted| event.organizer.is_some_and(|it| same(it.email_address.address, wanted)))
                && attendee.as_ref().is_none_or(|wanted| {
                    event
                        .attendees
                        .into_iter()
                        .flatten()
                        .any(|it| same(it.email_address.and_then(|email| email.address), wanted))
                })
        }))
    }
}
