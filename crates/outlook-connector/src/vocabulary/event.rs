//! Events.

use connector_sdk::{Edit, Error, Fields, Result, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    BodyType, DateTimeTimeZone, Importance, ItemBody, Moment, PhysicalAddress, Recipient, Recurrence, Sensitivity,
};

/// An event, as Graph returns it; see [the event resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/event
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "event"))]
pub struct Event {
    /// The id. Occurrences of a series have ids of their own.
    pub id: String,
    /// The subject.
    pub subject: Option<String>,
    /// The first 255 characters of the text.
    pub body_preview: Option<String>,
    /// The text.
    pub body: Option<ItemBody>,
    /// When it begins, in the time zone that was asked for.
    pub start: Option<DateTimeTimeZone>,
    /// When it ends.
    pub end: Option<DateTimeTimeZone>,
    /// Whether it takes whole days.
    pub is_all_day: Option<bool>,
    /// The zone in which its start was written.
    pub original_start_time_zone: Option<String>,
    /// The zone in which its end was written.
    pub original_end_time_zone: Option<String>,
    /// Where it is.
    pub location: Option<Map<String, Value>>,
    /// All places where it is.
    pub locations: Option<Vec<Map<String, Value>>>,
    /// Who organises it.
    pub organizer: Option<Recipient>,
    /// Who is invited, with their answers.
    pub attendees: Option<Vec<Attendee>>,
    /// Whether the owner of the calendar organises it.
    pub is_organizer: Option<bool>,
    /// The owner's own answer.
    pub response_status: Option<ResponseStatus>,
    /// Whether the organiser asks for answers.
    pub response_requested: Option<bool>,
    /// Whether those who are invited may propose another time.
    pub allow_new_time_proposals: Option<bool>,
    /// Whether those who are invited see only themselves.
    pub hide_attendees: Option<bool>,
    /// Whether it was cancelled.
    pub is_cancelled: Option<bool>,
    /// Whether it is not sent yet.
    pub is_draft: Option<bool>,
    /// Whether it has attachments.
    pub has_attachments: Option<bool>,
    /// Whether it is an online meeting.
    pub is_online_meeting: Option<bool>,
    /// The service of the online meeting.
    pub online_meeting_provider: Option<String>,
    /// How to join the online meeting.
    pub online_meeting: Option<OnlineMeetingInfo>,
    /// Recurrence, for the master of a series.
    pub recurrence: Option<Map<String, Value>>,
    /// `singleInstance`, `occurrence`, `exception` or `seriesMaster`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The id of the master, for an occurrence.
    pub series_master_id: Option<String>,
    /// Whether a reminder is shown.
    pub is_reminder_on: Option<bool>,
    /// Minutes before the start at which the reminder is shown.
    pub reminder_minutes_before_start: Option<i32>,
    /// How the time is shown to others.
    pub show_as: Option<String>,
    /// Sensitivity.
    pub sensitivity: Option<Sensitivity>,
    /// How important it is.
    pub importance: Option<Importance>,
    /// The names of its categories.
    pub categories: Option<Vec<String>>,
    /// The id that is the same in every calendar.
    #[serde(rename = "iCalUId")]
    pub i_cal_u_id: Option<String>,
    /// The caller's own id of its making.
    pub transaction_id: Option<String>,
    /// When it was created, in UTC.
    pub created_date_time: Option<String>,
    /// When it was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
    /// The version; it changes with every change of the event.
    pub change_key: Option<String>,
    /// Where to open it in Outlook on the web.
    pub web_link: Option<String>,
}

/// Somebody who is invited, as Graph returns it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "attendee"))]
pub struct Attendee {
    /// Name and address.
    pub email_address: Option<super::EmailAddress>,
    /// `required`, `optional` or `resource`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The answer.
    pub status: Option<ResponseStatus>,
}

/// An answer to an invitation, as Graph returns it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "responseStatus"))]
pub struct ResponseStatus {
    /// `none`, `organizer`, `tentativelyAccepted`, `accepted`, `declined` or `notResponded`.
    pub response: Option<String>,
    /// When it was given, in UTC.
    pub time: Option<String>,
}

/// How to join an online meeting, as Graph returns it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "onlineMeetingInfo"))]
pub struct OnlineMeetingInfo {
    /// The address to open.
    pub join_url: Option<String>,
}

/// Somebody to invite.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub struct Invited {
    /// The address.
    #[schemars(extend("format" = "email", "maxLength" = 320))]
    pub email: String,
    /// The name.
    #[schemars(length(max = 255))]
    pub name: Option<String>,
    /// Whether attendance is required; the default is `required`.
    #[serde(default, rename = "type")]
    pub kind: AttendeeType,
}

/// Whether somebody has to come.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum AttendeeType {
    /// They have to.
    #[default]
    Required,
    /// They may.
    Optional,
    /// It is a room or a thing.
    Resource,
}

impl Invited {
    /// As Graph takes it.
    pub fn written(&self) -> Value {
        let mut email = json!({ "address": self.email });
        if let Some(name) = &self.name {
            email["name"] = json!(name);
        }
        json!({ "emailAddress": email, "type": self.kind })
    }
}

/// Where an event is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub struct Place {
    /// The name, such as `Room 12`.
    #[schemars(length(min = 1, max = 255))]
    pub display_name: String,
    /// The address of a room's mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "email"))]
    pub location_email_address: Option<String>,
    /// A page about it, or an address to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_uri: Option<String>,
    /// The postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<PhysicalAddress>,
}

/// How the time is shown to others.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum ShowAs {
    /// Free.
    Free,
    /// Tentative.
    Tentative,
    /// Busy.
    Busy,
    /// Out of the office.
    Oof,
    /// Working elsewhere.
    WorkingElsewhere,
}

/// A service for online meetings. The `allowedOnlineMeetingProviders` of a calendar list those that it allows.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum MeetingProvider {
    /// Microsoft Teams.
    TeamsForBusiness,
    /// Skype for Business.
    SkypeForBusiness,
    /// Skype.
    SkypeForConsumer,
}

/// What an event holds, for whoever makes or changes one. Used with `#[serde(flatten)]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EventContent {
    /// The subject.
    #[schemars(length(max = 255))]
    pub subject: Edit<String>,
    /// When it begins. Of an event that takes whole days, the first day.
    pub start: Option<Moment>,
    /// When it ends. Of an event that takes whole days, the day after the last.
    pub end: Option<Moment>,
    /// The time zone of `start`, `end` and the times in the answer, by Windows or IANA name. Without it, `start` and
    /// `end` are instants or whole days, and the answer is in UTC. A series keeps its local time in this zone when
    /// clocks change.
    pub time_zone: Option<Zone>,
    /// Whether it takes whole days.
    pub is_all_day: Option<bool>,
    /// The text.
    pub body: Option<String>,
    /// Whether the text is HTML (the default) or plain.
    pub body_type: BodyType,
    /// Where it is.
    pub location: Edit<Place>,
    /// All places where it is, in place of the present ones.
    pub locations: Edit<Vec<Place>>,
    /// All people to invite, in place of the present ones. They get a message.
    #[schemars(length(max = 500))]
    pub attendees: Edit<Vec<Invited>>,
    /// Whether it is an online meeting. It cannot be undone.
    pub is_online_meeting: Option<bool>,
    /// The service of the online meeting; the default is the calendar's.
    pub online_meeting_provider: Option<MeetingProvider>,
    /// Recurrence. Null turns a series into a single event.
    pub recurrence: Edit<Recurrence>,
    /// Minutes before the start at which a reminder is shown.
    #[schemars(range(min = 0, max = 40320))]
    pub reminder_minutes: Option<i32>,
    /// Whether a reminder is shown.
    pub is_reminder_on: Option<bool>,
    /// How the time is shown to others.
    pub show_as: Option<ShowAs>,
    /// Sensitivity.
    pub sensitivity: Option<Sensitivity>,
    /// How important it is.
    pub importance: Option<Importance>,
    /// The names of its categories, in place of the present ones.
    #[schemars(length(max = 25))]
    pub categories: Edit<Vec<String>>,
    /// Whether those who are invited are asked for an answer.
    pub response_requested: Option<bool>,
    /// Whether those who are invited may propose another time.
    pub allow_new_time_proposals: Option<bool>,
    /// Whether those who are invited see only themselves.
    pub hide_attendees: Option<bool>,
}

/// Whether the input of an event invites somebody, so that Exchange sends invitations.
pub fn invites(input: &Value) -> bool {
    let is_given = |object: &Value| {
        object.get("attendees").is_some_and(|all| !all.is_null() && all.as_array().is_none_or(|all| !all.is_empty()))
    };
    is_given(input) || input.get("additionalProperties").is_some_and(is_given)
}

impl EventContent {
    /// As Graph takes it.
    ///
    /// # Errors
    /// `invalid_input` for times that are none or contradict each other.
    pub fn fields(self) -> Result<Fields> {
        self.check_times()?;
        let zone = self.time_zone.as_ref();
        let all_day = self.is_all_day == Some(true);
        let time = |moment: &Option<Moment>, property: &str| -> Result<Option<Value>> {
            let Some(moment) = moment else { return Ok(None) };
            let utc = Zone::utc();
            let zone = if all_day || moment.is_day() { Some(zone.unwrap_or(&utc)) } else { zone };
            Ok(Some(json!(moment.with_zone(zone, property)?)))
        };
        let (start, end) = (time(&self.start, "start")?, time(&self.end, "end")?);
        let first_day = start.as_ref().and_then(|start| start["dateTime"].as_str()?.get(..10)).map(str::to_owned);
        let zone_name = zone.map(|zone| zone.service_name().to_owned());
        let recurrence =
            self.recurrence.try_map(|recurrence| recurrence.written(first_day.as_deref(), zone_name.as_deref()))?;
        let people = self.attendees.map(|people| people.iter().map(Invited::written).collect::<Vec<Value>>());
        Fields::default()
            .with("start", start)
            .with("end", end)
            .with("isAllDay", self.is_all_day)
            .with("body", self.body.map(|content| json!(ItemBody { content_type: self.body_type, content })))
            .with("isOnlineMeeting", self.is_online_meeting)
            .with("onlineMeetingProvider", self.online_meeting_provider.map(|provider| json!(provider)))
            .with("reminderMinutesBeforeStart", self.reminder_minutes)
            .with("isReminderOn", self.is_reminder_on)
            .with("showAs", self.show_as.map(|show| json!(show)))
            .with("sensitivity", self.sensitivity.map(|sensitivity| json!(sensitivity)))
            .with("importance", self.importance.map(|importance| json!(importance)))
            .with("responseRequested", self.response_requested)
            .with("allowNewTimeProposals", self.allow_new_time_proposals)
            .with("hideAttendees", self.hide_attendees)
            .edit("subject", self.subject)?
            .edit("location", self.location)?
            .edit("locations", self.locations.emptied())?
            .edit("attendees", people.emptied())?
            .edit("categories", self.categories.emptied())?
            .edit("recurrence", recurrence)
    }

    fn check_times(&self) -> Result<()> {
        let utc = Zone::utc();
        let zone = Some(self.time_zone.as_ref().unwrap_or(&utc));
        if self.is_all_day == Some(true) {
            for (moment, property) in [(&self.start, "start"), (&self.end, "end")] {
                if moment.as_ref().is_some_and(|moment| !moment.is_day()) {
                    return Err(Error::invalid(
                        format!("/{property}"),
                        "an event that takes whole days has days here, such as 2026-05-04",
                    ));
                }
            }
        }
        let (Some(start), Some(end)) = (&self.start, &self.end) else { return Ok(()) };
        let (begins, ends) = (start.instant(zone, "start")?, end.instant(zone, "end")?);
        let whole_days = self.is_all_day == Some(true);
        if ends < begins || (whole_days && ends <= begins) {
            let message =
                if whole_days { "is not after `start`: it is the day after the last" } else { "is before `start`" };
            return Err(Error::invalid("/end", message));
        }
        Ok(())
    }
}

/// What comes of an event when nothing is selected and more is asked for by name.
pub const EVENT_FIELDS: &[&str] = &[
    "id",
    "createdDateTime",
    "lastModifiedDateTime",
    "changeKey",
    "categories",
    "transactionId",
    "originalStartTimeZone",
    "originalEndTimeZone",
    "iCalUId",
    "reminderMinutesBeforeStart",
    "isReminderOn",
    "hasAttachments",
    "subject",
    "bodyPreview",
    "importance",
    "sensitivity",
    "isAllDay",
    "isCancelled",
    "isOrganizer",
    "responseRequested",
    "seriesMasterId",
    "showAs",
    "type",
    "webLink",
    "onlineMeetingUrl",
    "isOnlineMeeting",
    "onlineMeetingProvider",
    "allowNewTimeProposals",
    "isDraft",
    "hideAttendees",
    "responseStatus",
    "body",
    "start",
    "end",
    "location",
    "locations",
    "recurrence",
    "attendees",
    "organizer",
    "onlineMeeting",
];
