//! Online meetings, and whose they are.

use connector_sdk::{Context, Error, Request, Result, Root, Subject};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The organizer of online meetings: the object id of a user. It is for apps, which need it; the default is the default
/// user of the app's connection. A user who is signed in reaches only meetings that they organize or are invited to, so
/// there leave it out.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "users", "minLength" = 1, "maxLength" = 320))]
pub struct OrganizerId(pub String);

/// The id of an online meeting, as `create_online_meeting` and `find_online_meeting` return it. It is not the id of the
/// event in the calendar.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "online_meetings", "minLength" = 1, "maxLength" = 1024))]
pub struct MeetingId(pub String);

/// The id of a transcript of an online meeting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 1024))]
pub struct TranscriptId(pub String);

/// The id of a recording of an online meeting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 1024))]
pub struct RecordingId(pub String);

/// The id of a report of who came to an online meeting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("format" = "uuid"))]
pub struct ReportId(pub String);

/// Whose online meetings. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organizer {
    /// Object id of the organizer. An app needs it, unless its connection has a default user; a signed-in user leaves
    /// it out.
    pub organizer: Option<OrganizerId>,
}

/// Which online meeting. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Meeting {
    /// The meeting.
    pub meeting_id: MeetingId,
    /// Object id of the organizer. An app needs it, unless its connection has a default user; a signed-in user leaves
    /// it out.
    pub organizer: Option<OrganizerId>,
}

impl Organizer {
    /// The root of their data.
    ///
    /// # Errors
    /// `invalid_input` at `/organizer`: an app is signed in and nobody is named by an object id, or a user is
    /// signed in and somebody else is named.
    pub fn root(&self, cx: &Context) -> Result<Root> {
        root(self.organizer.as_ref(), cx)
    }
}

impl Meeting {
    /// A request to it, or to something `below` it, such as `/transcripts`.
    ///
    /// # Errors
    /// As [`Organizer::root`].
    pub fn request(&self, cx: &Context, method: Method, below: &str) -> Result<Request> {
        let root = root(self.organizer.as_ref(), cx)?;
        Ok(root
            .request(method, &format!("/onlineMeetings/{{meeting}}{below}"))
            .path_param("meeting", self.meeting_id.0.as_str()))
    }
}

fn root(organizer: Option<&OrganizerId>, cx: &Context) -> Result<Root> {
    let given = organizer.map(|organizer| organizer.0.as_str());
    match &*cx.who {
        Subject::App { .. } => app_organizer(given, cx).map(Root::user),
        Subject::User { names } => {
            // By ids one sees that it is somebody else; a name may be another name of the same person.
            let other =
                given.is_some_and(|given| is_guid(given) && !names.iter().any(|name| name.eq_ignore_ascii_case(given)));
            if other && names.iter().any(|name| is_guid(name)) {
                return Err(Error::invalid(
                    "/organizer",
                    "a user is signed in, who reaches only meetings that they organize or are invited to: leave `organizer` out, or use a \
                     connection with which an app signs in",
                ));
            }
            cx.person(given, "organizer")
        }
        _ => cx.person(given, "organizer"),
    }
}

/// The object id of the organizer, for apps.
///
/// # Errors
/// `invalid_input` at `/organizer` when nobody is named, or not by an object id.
pub fn app_organizer<'a>(given: Option<&'a str>, cx: &'a Context) -> Result<&'a str> {
    let default = match &*cx.who {
        Subject::App { user } => user.as_deref(),
        _ => None,
    };
    let id = given.or(default).ok_or_else(|| {
        Error::invalid(
            "/organizer",
            "an app is signed in: name the organizer by object id, or set a default user on the connection",
        )
    })?;
    // https://learn.microsoft.com/en-us/graph/api/onlinemeeting-get: the user in the path is an object id.
    if is_guid(id) {
        return Ok(id);
    }
    Err(Error::invalid(
        "/organizer",
        format!("`{id}` is no object id: apps name organizers by the `id` of the user; get it from `get_user`"),
    ))
}

fn is_guid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// An online meeting, as Graph returns it; see [the onlineMeeting resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/onlinemeeting
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "onlineMeeting"))]
pub struct OnlineMeeting {
    /// Its id.
    pub id: String,
    /// The subject.
    pub subject: Option<String>,
    /// When it begins, in UTC.
    pub start_date_time: Option<String>,
    /// When it ends, in UTC.
    pub end_date_time: Option<String>,
    /// When it was made, in UTC.
    pub creation_date_time: Option<String>,
    /// The address to join at.
    pub join_web_url: Option<String>,
    /// The number and passcode to join with.
    pub join_meeting_id_settings: Option<Map<String, Value>>,
    /// How to join, as text for an invitation.
    pub join_information: Option<Map<String, Value>>,
    /// The id by which video conference devices join.
    pub video_teleconference_id: Option<String>,
    /// How to join by telephone.
    pub audio_conferencing: Option<Map<String, Value>>,
    /// Its chat.
    pub chat_info: Option<Map<String, Value>>,
    /// The organizer and those who are invited.
    pub participants: Option<Map<String, Value>>,
    /// The caller's own id of it.
    pub external_id: Option<String>,
    /// Who need not wait in the lobby.
    pub lobby_bypass_settings: Option<Map<String, Value>>,
    /// Who may present: `everyone`, `organization`, `roleIsPresenter` or `organizer`.
    pub allowed_presenters: Option<String>,
    /// Who may let people in from the lobby: `organizerAndCoOrganizersAndPresenters` or `organizerAndCoOrganizers`.
    pub allowed_lobby_admitters: Option<String>,
    /// Whether there is a chat: `enabled`, `disabled` or `limited` to the time of the meeting.
    pub allow_meeting_chat: Option<String>,
    /// Whether people may react.
    pub allow_teamwork_reactions: Option<bool>,
    /// Whether those who are invited may switch their microphone on.
    pub allow_attendee_to_enable_mic: Option<bool>,
    /// Whether those who are invited may switch their camera on.
    pub allow_attendee_to_enable_camera: Option<bool>,
    /// Whether it may be transcribed.
    pub allow_transcription: Option<bool>,
    /// Whether it may be recorded.
    pub allow_recording: Option<bool>,
    /// Whether recording starts automatically.
    pub record_automatically: Option<bool>,
    /// Whether joining and leaving callers are announced.
    pub is_entry_exit_announced: Option<bool>,
    /// Kind of meeting, such as `scheduled`, `recurring` or `adhoc`.
    pub meeting_type: Option<String>,
    /// When it can no longer be joined, in UTC.
    pub expiry_date_time: Option<String>,
}

/// A transcript of an online meeting, as Graph returns it; see [the callTranscript resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/calltranscript
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "callTranscript"))]
pub struct CallTranscript {
    /// Its id.
    pub id: String,
    /// The meeting.
    pub meeting_id: Option<String>,
    /// The call, of which a meeting may have several.
    pub call_id: Option<String>,
    /// Id shared with the recording of the same call.
    pub content_correlation_id: Option<String>,
    /// When it was made, in UTC.
    pub created_date_time: Option<String>,
    /// When it ended, in UTC.
    pub end_date_time: Option<String>,
    /// Who organized the meeting.
    pub meeting_organizer: Option<Map<String, Value>>,
    /// Address of the text. `download_meeting_transcript` downloads it.
    pub transcript_content_url: Option<String>,
}

/// A recording of an online meeting, as Graph returns it; see [the callRecording resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/callrecording
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "callRecording"))]
pub struct CallRecording {
    /// Its id.
    pub id: String,
    /// The meeting.
    pub meeting_id: Option<String>,
    /// The call, of which a meeting may have several.
    pub call_id: Option<String>,
    /// Id shared with the transcript of the same call.
    pub content_correlation_id: Option<String>,
    /// When it was made, in UTC.
    pub created_date_time: Option<String>,
    /// When it ended, in UTC.
    pub end_date_time: Option<String>,
    /// Who organized the meeting.
    pub meeting_organizer: Option<Map<String, Value>>,
    /// Address of the video. `download_meeting_recording` downloads it.
    pub recording_content_url: Option<String>,
}

/// A report of who came to an online meeting, as Graph returns it; see [the meetingAttendanceReport resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/meetingattendancereport
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "meetingAttendanceReport"))]
pub struct AttendanceReport {
    /// Its id.
    pub id: String,
    /// Number of participants.
    pub total_participant_count: Option<i32>,
    /// When the meeting began, in UTC.
    pub meeting_start_date_time: Option<String>,
    /// When the meeting ended, in UTC.
    pub meeting_end_date_time: Option<String>,
    /// The participants, if they were requested.
    pub attendance_records: Option<Vec<AttendanceRecord>>,
}

/// Somebody who came to an online meeting, as Graph returns it; see [the attendanceRecord resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/attendancerecord
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "attendanceRecord"))]
pub struct AttendanceRecord {
    /// Its id.
    pub id: Option<String>,
    /// Their address.
    pub email_address: Option<String>,
    /// Who they are.
    pub identity: Option<Map<String, Value>>,
    /// Role, such as `Organizer`, `Presenter` or `Attendee`.
    pub role: Option<String>,
    /// Time of attendance, in seconds.
    pub total_attendance_in_seconds: Option<i32>,
    /// When they came and went.
    pub attendance_intervals: Option<Vec<Map<String, Value>>>,
}
