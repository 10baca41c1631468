//! Transcripts and recordings of all meetings of an organizer, and of one meeting: what listing and watching them
//! share.

use std::borrow::Cow;
use std::marker::PhantomData;

use connector_sdk::schema::rules;
use connector_sdk::watch::{self, Followed};
use connector_sdk::{
    Context, Error, Event, Json, Link, Page, Pages, Plan, Poll, Properties, Request, Result, Resumed, Root, Subject,
    Zone,
};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use outlook_connector::vocabulary::Moment;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::vocabulary::{Meeting, MeetingId, OrganizerId, app_organizer};

/// How late an artifact may come behind one that is newer.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// A kind of artifact.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// What was said.
    Transcripts,
    /// What was recorded.
    Recordings,
}

impl Kind {
    const fn below_a_meeting(self) -> &'static str {
        match self {
            Kind::Transcripts => "/transcripts",
            Kind::Recordings => "/recordings",
        }
    }
    const fn function(self) -> &'static str {
        match self {
            Kind::Transcripts => "getAllTranscripts",
            Kind::Recordings => "getAllRecordings",
        }
    }
}

/// Which of an organizer's artifacts are listed. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::at_most_one(&["start", "deltaToken"]))]
#[schemars(transform = rules::at_most_one(&["end", "deltaToken"]))]
#[schemars(transform = rules::at_most_one(&["end", "trackChanges=true"]))]
#[schemars(transform = rules::at_most_one(&["limit", "deltaToken"]))]
#[schemars(transform = rules::at_most_one(&["limit", "trackChanges=true"]))]
#[schemars(transform = rules::at_most_one(&["pageToken", "deltaToken"]))]
#[schemars(transform = rules::at_most_one(&["pageToken", "trackChanges=true"]))]
pub struct Wanted {
    /// Object id of the organizer; the default is the default user of the app's connection.
    pub organizer: Option<OrganizerId>,
    /// Only what was made at this time or later.
    pub start: Option<Moment>,
    /// Only what was made before this time. Not with `trackChanges` and `deltaToken`.
    pub end: Option<Moment>,
    /// The time zone of local times, by Windows or IANA name.
    pub time_zone: Option<Zone>,
    /// Return a `deltaToken` too, with which a later call lists only what came since. Everything is read then: not with
    /// `limit` and `pageToken`.
    #[serde(default)]
    pub track_changes: bool,
    /// The `deltaToken` of an earlier answer, for what came since. `start` of the first call counts.
    #[schemars(length(min = 1))]
    pub delta_token: Option<String>,
}

/// Artifacts of an organizer, and where to go on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found<T> {
    /// Where to go on in the list; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// Where the next changes will be, if they are tracked.
    #[serde(skip_serializing_if = "Option::is_none")]
    delta_token: Option<String>,
    #[serde(skip)]
    items: PhantomData<fn() -> T>,
}

impl<T: JsonSchema> JsonSchema for Found<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Found{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        json_schema!({
            "type": "object",
            "properties": {
                "items": { "type": "array", "items": item, "description": "What was found, each as Graph sent it." },
                "nextPageToken": { "type": "string", "description": "Token of the next page: give it as `pageToken`. Absent at the end of the list." },
                "deltaToken": { "type": "string", "description": "Give this as `deltaToken` to get what came since. Only with `trackChanges` or `deltaToken`." }
            },
            "required": ["items"]
        })
    }
}

impl Wanted {
    /// Lists them.
    ///
    /// # Errors
    /// `invalid_input` for what cannot be said together, and without an organizer.
    pub fn list<T: Send + 'static>(self, kind: Kind, pages: &Pages, cx: &Context) -> Result<Plan<Found<T>>> {
        let tracked = self.track_changes || self.delta_token.is_some();
        let with_tracking = [
            ("end", self.end.is_some()),
            ("start", self.start.is_some() && self.delta_token.is_some()),
            ("limit", pages.limit.is_some()),
            ("pageToken", pages.page_token.is_some()),
        ];
        if let Some((name, _)) = with_tracking.into_iter().find(|(_, given)| tracked && *given) {
            return Err(Error::invalid(
                format!("/{name}"),
                "this does not go with `trackChanges` and `deltaToken`, for which everything is read",
            ));
        }
        let zone = self.time_zone.as_ref();
        let instant =
            |moment: &Option<Moment>, property: &str| moment.as_ref().map(|it| it.instant(zone, property)).transpose();
        let (start, end) = (instant(&self.start, "start")?, instant(&self.end, "end")?);
        if let (Some(start), Some(end)) = (start, end)
            && end <= start
        {
            return Err(Error::invalid("/end", "this is not after `start`"));
        }
        let given = self.organizer.as_ref().map(|organizer| organizer.0.as_str());
        let organizer = app_organizer(given, cx)?;
        if tracked {
            let delta = all(kind, organizer, start, None, "/delta");
            let changes = delta.changes_since::<T>(self.delta_token.as_deref())?;
            return Ok(changes.map(|all| Found {
                next_page_token: None,
                delta_token: Some(all.delta_token),
                items: PhantomData,
            }));
        }
        let list = all(kind, organizer, start, end, "").query("$top", pages.page_size(100));
        Ok(list.pages::<T>(pages.paging()?).map(|all| Found {
            next_page_token: all.next_page_token,
            delta_token: None,
            items: PhantomData,
        }))
    }
}

// The organizer stands in the path and among the parameters, and both have to be the same.
fn all(kind: Kind, organizer: &str, start: Option<Timestamp>, end: Option<Timestamp>, below: &str) -> Request {
    let mut template = format!("/onlineMeetings/{}(meetingOrganizerUserId='{{organizer}}'", kind.function());
    if start.is_some() {
        template += ",startDateTime={start}";
    }
    if end.is_some() {
        template += ",endDateTime={end}";
    }
    let request =
        Root::user(organizer).request(Method::GET, &format!("{template}){below}")).path_param("organizer", organizer);
    let request = start.into_iter().fold(request, |request, time| request.path_param("start", time.to_string()));
    end.into_iter().fold(request, |request, time| request.path_param("end", time.to_string()))
}

/// Whose artifacts are watched. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Watched {
    /// Only those of this meeting. A user who is signed in has to name one.
    pub meeting_id: Option<MeetingId>,
    /// Object id of the organizer. An app needs it, unless its connection has a default user; a signed-in user leaves
    /// it out.
    pub organizer: Option<OrganizerId>,
}

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// At all meetings of an organizer.
    Organizer(watch::Cursor),
    /// At one meeting.
    Meeting(Told),
}

/// What was told of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    // Nothing from before fires.
    floor: Timestamp,
    // What was seen from then on.
    known: Vec<(Timestamp, String)>,
    // The next page of the same look.
    link: Option<Link>,
    // Whether the first look is over: what has no time and comes now is new. Older versions told it at once.
    #[serde(default = "yes")]
    settled: bool,
}

fn yes() -> bool {
    true
}

/// In the place of the time of what has none: it is known as long as the list is watched.
const TIMELESS: Timestamp = Timestamp::MAX;

impl Watched {
    /// One look. `since` is when the trigger began.
    ///
    /// # Errors
    /// `invalid_input` without an organizer, or without a meeting where a user is signed in.
    pub fn look<T: Send + 'static>(
        self,
        kind: Kind,
        cursor: Option<Cursor>,
        since: Timestamp,
        cx: &Context,
    ) -> Result<Plan<Poll<T, Cursor>>> {
        let Some(meeting_id) = self.meeting_id else {
            if matches!(*cx.who, Subject::User { .. }) {
                return Err(Error::invalid(
                    "/meetingId",
                    "a user is signed in, and Graph tells of all meetings of an organizer to apps only: name the meeting to watch, or use a \
                     connection with which an app signs in",
                ));
            }
            let organizer = app_organizer(self.organizer.as_ref().map(|organizer| organizer.0.as_str()), cx)?;
            let cursor = cursor.and_then(|cursor| match cursor {
                Cursor::Organizer(cursor) => Some(cursor),
                Cursor::Meeting(_) => None,
            });
            // What is older would not fire; a round that begins again begins there too.
            let from = cursor.as_ref().map_or(since, watch::Cursor::since);
            let looked = watch::page(all(kind, organizer, Some(from), None, "/delta"), cursor, since, cx.now);
            return Ok(looked.map(|Followed { page, since, cursor, more, lost }| {
                let empty = page.changes.is_empty();
                let found = page.items().into_iter().map(artifact);
                // What is recorded is older than the recording that is found. One without a time is new where others
                // were read before.
                let events = found.filter(|(at, _)| since.changed(*at)).map(|(_, event)| event).collect();
                Poll::new(events, Cursor::Organizer(cursor)).with_more(more).with_empty(empty).with_lost(lost)
            }));
        };
        let told = cursor.and_then(|cursor| match cursor {
            Cursor::Meeting(told) => Some(told),
            Cursor::Organizer(_) => None,
        });
        let told = told.unwrap_or(Told { floor: since, known: Vec::new(), link: None, settled: false });
        let meeting = Meeting { meeting_id, organizer: self.organizer };
        let list = meeting.request(cx, Method::GET, kind.below_a_meeting())?.query("$top", 100);
        let page = match told.link.clone() {
            Some(link) => list.resume(link, list.clone(), Page::read),
            None => Plan::finish(list, |answer| Page::read(&answer).map(Resumed::found)),
        };
        let now = cx.now;
        Ok(page.map(move |Resumed { page, lost, .. }| {
            let poll = told.read(page, now);
            let more = poll.more && lost.is_none();
            poll.with_more(more).with_lost(lost)
        }))
    }
}

// The time of an item, if it has one, and the event that it is.
fn artifact<T>(item: Json) -> (Option<Timestamp>, Event<T>) {
    let seen = Properties::of(&item);
    let (at, id) = (seen.time("createdDateTime"), seen.identity());
    (at, Event::new(id, item))
}

impl Told {
    fn read<T>(mut self, page: Page, now: Timestamp) -> Poll<T, Cursor> {
        let mut events = Vec::new();
        let empty = page.items.is_empty();
        for (at, event) in page.items.into_iter().map(artifact::<T>) {
            let tells = at.is_some() || self.settled;
            // One that is dated after now hides nothing.
            let at = at.map_or(TIMELESS, |at| at.min(now));
            if at >= self.floor && !self.known.iter().any(|(_, id)| *id == event.id) {
                self.known.push((at, event.id.clone()));
                events.extend(Some(event).filter(|_| tells));
            }
        }
        let more = page.next.is_some();
        self.link = page.next;
        // Only between two looks: the list has no order that one could rely on.
        self.settled |= !more;
        if !more && let Some(newest) = self.known.iter().map(|(at, _)| *at).filter(|at| *at != TIMELESS).max() {
            self.floor = self.floor.max(newest.saturating_sub(LATE).unwrap_or(self.floor));
            let floor = self.floor;
            self.known.retain(|(at, _)| *at >= floor);
        }
        Poll::new(events, Cursor::Meeting(self)).with_more(more).with_empty(empty)
    }
}
