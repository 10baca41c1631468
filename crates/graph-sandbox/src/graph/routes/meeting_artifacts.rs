//! What online meetings leave behind: transcripts, recordings and reports of who came.

use std::borrow::Cow;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::changes::Delta;
use super::meetings::{allowed, meeting, not_found};
use super::transfers::ranged;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::meetings::Meetings;
use crate::graph::odata::Expand;
use crate::graph::reply::Outcome;
use crate::graph::router::{Route, route};
use crate::graph::store::{Change, Entity, Set, round};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/onlineMeetings/{meeting}/transcripts", |tenant, call| all(tenant, call, &TRANSCRIPTS)),
    route("GET", "@/onlineMeetings/{meeting}/transcripts/{transcript}", |tenant, call| one(tenant, call, &TRANSCRIPTS)),
    route("GET", "@/onlineMeetings/{meeting}/transcripts/{transcript}/content", |tenant, call| {
        let format = call.query.get("$format").unwrap_or("text/vtt");
        if !format.eq_ignore_ascii_case("text/vtt") {
            return Err(Fault::bad(format!("The format '{format}' is not supported.")));
        }
        content(tenant, call, &TRANSCRIPTS, "text/vtt", &tenant.meetings.content)
    }),
    route("GET", "@/onlineMeetings/{meeting}/transcripts/{transcript}/metadataContent", |tenant, call| {
        content(tenant, call, &TRANSCRIPTS, "text/vtt", &tenant.meetings.spoken)
    }),
    route("GET", "@/onlineMeetings/{meeting}/recordings", |tenant, call| all(tenant, call, &RECORDINGS)),
    route("GET", "@/onlineMeetings/{meeting}/recordings/{recording}", |tenant, call| one(tenant, call, &RECORDINGS)),
    route("GET", "@/onlineMeetings/{meeting}/recordings/{recording}/content", |tenant, call| {
        content(tenant, call, &RECORDINGS, "video/mp4", &tenant.meetings.content)
    }),
    route("GET", "@/onlineMeetings/{meeting}/attendanceReports", |tenant, call| all(tenant, call, &REPORTS)),
    route("GET", "@/onlineMeetings/{meeting}/attendanceReports/{report}", |tenant, call| one(tenant, call, &REPORTS)),
    route("GET", "@/onlineMeetings/{meeting}/attendanceReports/{report}/attendanceRecords", records),
    route("GET", "@/onlineMeetings/getAllTranscripts", |tenant, call| everywhere(tenant, call, &TRANSCRIPTS)),
    route("GET", "@/onlineMeetings/getAllTranscripts/delta", |tenant, call| changes(tenant, call, &TRANSCRIPTS)),
    route("GET", "@/onlineMeetings/getAllRecordings", |tenant, call| everywhere(tenant, call, &RECORDINGS)),
    route("GET", "@/onlineMeetings/getAllRecordings/delta", |tenant, call| changes(tenant, call, &RECORDINGS)),
];

const PAGING: Paging = Paging { page: 10, max: 100, natural: None };

/// A kind of artifact.
struct Kind {
    ty: &'static str,
    /// The segment of its collection.
    segment: &'static str,
    /// The variable of the route's pattern.
    variable: &'static str,
    set: fn(&Meetings) -> &Set,
}

static TRANSCRIPTS: Kind =
    Kind { ty: "callTranscript", segment: "transcripts", variable: "transcript", set: |all| &all.transcripts };
static RECORDINGS: Kind =
    Kind { ty: "callRecording", segment: "recordings", variable: "recording", set: |all| &all.recordings };
static REPORTS: Kind =
    Kind { ty: "meetingAttendanceReport", segment: "attendanceReports", variable: "report", set: |all| &all.reports };

struct Artifacts<'t> {
    meetings: &'t Meetings,
    kind: &'static Kind,
    origin: &'t str,
}

impl Source for Artifacts<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }

    fn derived(&self, entity: &Entity, name: &str) -> Option<Value> {
        let wanted = match self.kind.ty {
            "callTranscript" => "transcriptContentUrl",
            "callRecording" => "recordingContentUrl",
            _ => return None,
        };
        let organizer =
            entity.fields.get("meetingOrganizer").and_then(|who| who["user"]["id"].as_str()).unwrap_or_default();
        let path = format!(
            "users/{organizer}/onlineMeetings/{}/{}/{}/content",
            entity.text("meetingId"),
            self.kind.segment,
            entity.text("id")
        );
        (name == wanted).then(|| format!("{}/v1.0/{path}", self.origin).into())
    }

    fn derived_names(&self) -> &'static [&'static str] {
        match self.kind.ty {
            "callTranscript" => &["transcriptContentUrl"],
            "callRecording" => &["recordingContentUrl"],
            _ => &[],
        }
    }

    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        if expand.name != "attendanceRecords" {
            return Err(Fault::bad(format!("The property '{}' cannot be expanded.", expand.name)));
        }
        let view = View::new(types::get("attendanceRecord"), self, Service::Teams, &expand.options);
        self.meetings.records.children(entity.key).map(|record| view.inline(record)).collect()
    }
}

fn all(tenant: &Tenant, call: &Call<'_>, kind: &'static Kind) -> Outcome {
    let meeting = meeting(tenant, call)?;
    let options = call.options(types::get(kind.ty))?;
    let source = Artifacts { meetings: &tenant.meetings, kind, origin: call.origin };
    let view = View::new(types::get(kind.ty), &source, Service::Teams, &options);
    let items = (kind.set)(&tenant.meetings).children(meeting.key);
    list(
        call,
        &view,
        &PAGING,
        &options,
        &format!("onlineMeetings('{}')/{}", meeting.text("id"), kind.segment),
        items,
        None,
    )
}

/// The artifact that the path names.
fn named<'t>(tenant: &'t Tenant, call: &Call<'_>, kind: &Kind) -> Result<&'t Entity, Fault> {
    let meeting = meeting(tenant, call)?;
    let mut items = (kind.set)(&tenant.meetings).children(meeting.key);
    items.find(|it| it.text("id") == call.param(kind.variable)).ok_or_else(|| not_found(kind.variable))
}

fn one(tenant: &Tenant, call: &Call<'_>, kind: &'static Kind) -> Outcome {
    let entity = named(tenant, call, kind)?;
    let options = call.options(types::get(kind.ty))?;
    let source = Artifacts { meetings: &tenant.meetings, kind, origin: call.origin };
    View::new(types::get(kind.ty), &source, Service::Teams, &options).reply(call, 200, kind.segment, entity)
}

fn content(
    tenant: &Tenant,
    call: &Call<'_>,
    kind: &Kind,
    media: &str,
    content: &std::collections::HashMap<u64, Bytes>,
) -> Outcome {
    let entity = named(tenant, call, kind)?;
    ranged(call.headers, media, content.get(&entity.key).ok_or_else(|| not_found("content"))?)
}

fn records(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let report = named(tenant, call, &REPORTS)?;
    let ty = types::get("attendanceRecord");
    let options = call.options(ty)?;
    let source = Artifacts { meetings: &tenant.meetings, kind: &REPORTS, origin: call.origin };
    let view = View::new(ty, &source, Service::Teams, &options);
    list(call, &view, &PAGING, &options, "attendanceRecords", tenant.meetings.records.children(report.key), None)
}

/// Whose meetings, and when.
struct Wanted {
    organizer: String,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Wanted {
    fn read(tenant: &Tenant, call: &Call<'_>) -> Result<Wanted, Fault> {
        allowed(tenant, call)?;
        let organizer = call.query.get("meetingOrganizerUserId").unwrap_or_default();
        let known =
            tenant.directory.users.get(call.owner).is_some_and(|user| user.text("id").eq_ignore_ascii_case(organizer));
        if !known {
            return Err(Fault::bad(
                "The function parameter 'meetingOrganizerUserId' has to be the id of the user in the path.",
            ));
        }
        let moment = |name: &str| match call.query.get(name) {
            None => Ok(None),
            Some(text) => text
                .parse()
                .map(Some)
                .map_err(|_| Fault::bad(format!("The value '{text}' of parameter '{name}' is invalid."))),
        };
        Ok(Wanted {
            organizer: organizer.to_lowercase(),
            from: moment("startDateTime")?,
            until: moment("endDateTime")?,
        })
    }

    fn has(&self, entity: &Entity) -> bool {
        let organizer =
            entity.fields.get("meetingOrganizer").and_then(|who| who["user"]["id"].as_str()).unwrap_or_default();
        let created = entity.text("createdDateTime").parse::<Timestamp>().unwrap_or_default();
        organizer == self.organizer
            && self.from.is_none_or(|from| created >= from)
            && self.until.is_none_or(|until| created < until)
    }
}

fn everywhere(tenant: &Tenant, call: &Call<'_>, kind: &'static Kind) -> Outcome {
    let wanted = Wanted::read(tenant, call)?;
    let options = call.options(types::get(kind.ty))?;
    let source = Artifacts { meetings: &tenant.meetings, kind, origin: call.origin };
    let view = View::new(types::get(kind.ty), &source, Service::Teams, &options);
    let items = (kind.set)(&tenant.meetings).iter().filter(|it| wanted.has(it));
    list(call, &view, &PAGING, &options, &format!("Collection({})", kind.ty), items, None)
}

fn changes(tenant: &Tenant, call: &Call<'_>, kind: &'static Kind) -> Outcome {
    let wanted = Wanted::read(tenant, call)?;
    let ty = types::get(kind.ty);
    let set = (kind.set)(&tenant.meetings);
    let delta = Delta::begin(tenant, call, set, ty)?;
    let options = delta.options.clone();
    // Only what was added is told.
    let keep = |change: &Change<'_>| matches!(change, Change::Present { entity, .. } if wanted.has(entity));
    let round = round(set, None, delta.stage(), delta.page(10, 100), &keep);
    let source = Artifacts { meetings: &tenant.meetings, kind, origin: call.origin };
    let view = View::new(ty, &source, Service::Teams, &options);
    delta.reply(call, &format!("Collection({})", kind.ty), round, |out, change, _| match change {
        Change::Present { entity, .. } => view.write(out, entity, &[]),
        Change::Gone { .. } => Ok(()),
    })
}
