//! What a new online meeting holds, and what is to change of one.

use connector_sdk::schema::rules;
use connector_sdk::{Edit, Error, Fields, Result, Zone};
use jiff::Timestamp;
use outlook_connector::vocabulary::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Somebody to invite to an online meeting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub struct MeetingAttendee {
    /// The person, by user principal name or object id.
    #[schemars(length(min = 1, max = 320), extend("x-picklist" = "users"))]
    pub user: String,
    /// Role in the meeting; the default is the role that the meeting gives everybody.
    pub role: Option<MeetingRole>,
}

/// What somebody may do in an online meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum MeetingRole {
    /// Take part.
    Attendee,
    /// Present.
    Presenter,
    /// Organize it too.
    Coorganizer,
}

/// When an online meeting is, and who is invited. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::only_with(&["end", "start"]))]
pub struct MeetingPlan {
    /// The subject.
    #[serde(default)]
    #[schemars(length(max = 255))]
    pub subject: Edit<String>,
    /// When it begins.
    pub start: Option<Moment>,
    /// When it ends. It needs `start` too.
    pub end: Option<Moment>,
    /// The time zone of local times, by Windows or IANA name.
    pub time_zone: Option<Zone>,
    /// All people to invite, in place of the present ones. They get no message.
    #[schemars(length(max = 1000))]
    pub attendees: Option<Vec<MeetingAttendee>>,
}

/// How an online meeting is run. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeetingOptions {
    /// Who need not wait in the lobby.
    pub lobby_bypass: Option<LobbyBypass>,
    /// Whether those who call by telephone need not wait in the lobby.
    pub lobby_bypass_for_callers: Option<bool>,
    /// Who may present.
    pub allowed_presenters: Option<Presenters>,
    /// Whether there is a chat.
    pub allow_meeting_chat: Option<MeetingChat>,
    /// Whether recording starts automatically.
    pub record_automatically: Option<bool>,
    /// Whether it may be transcribed.
    pub allow_transcription: Option<bool>,
    /// Whether it may be recorded.
    pub allow_recording: Option<bool>,
    /// Whether joining and leaving callers are announced.
    pub is_entry_exit_announced: Option<bool>,
}

/// Who need not wait in the lobby.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum LobbyBypass {
    /// Only the organizer.
    Organizer,
    /// People of the organization, guests too.
    Organization,
    /// People of the organization and of those that it trusts.
    OrganizationAndFederated,
    /// Everybody.
    Everyone,
    /// Those who are invited.
    Invited,
    /// People of the organization, without guests.
    OrganizationExcludingGuests,
}

/// Who may present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Presenters {
    /// Everybody.
    Everyone,
    /// People of the organization.
    Organization,
    /// Those who are invited in the role `presenter`.
    RoleIsPresenter,
    /// Only the organizer.
    Organizer,
}

/// Whether there is a chat.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum MeetingChat {
    /// There is.
    Enabled,
    /// There is none.
    Disabled,
    /// Only while the meeting lasts.
    Limited,
}

impl MeetingPlan {
    /// As Graph takes it.
    ///
    /// # Errors
    /// `invalid_input` for times that are none or contradict each other.
    pub fn fields(self) -> Result<Fields> {
        let zone = self.time_zone.as_ref();
        let instant =
            |moment: &Option<Moment>, property: &str| moment.as_ref().map(|it| it.instant(zone, property)).transpose();
        let (start, end) = (instant(&self.start, "start")?, instant(&self.end, "end")?);
        match (start, end) {
            (None, Some(_)) => return Err(Error::invalid("/start", "`end` needs `start` too")),
            (Some(start), Some(end)) if end <= start => {
                return Err(Error::invalid("/end", "this is not after `start`"));
            }
            _ => {}
        }
        let print = |time: Timestamp| time.to_string();
        let people = self
            .attendees
            .map(|people| json!({ "attendees": people.iter().map(MeetingAttendee::written).collect::<Vec<Value>>() }));
        Fields::default()
            .with("startDateTime", start.map(print))
            .with("endDateTime", end.map(print))
            .with("participants", people)
            .edit("subject", self.subject)
    }
}

impl MeetingAttendee {
    fn written(&self) -> Value {
        // A user principal name has an @, an object id has none.
        let mut written = match self.user.contains('@') {
            true => json!({ "upn": self.user }),
            false => json!({ "identity": { "user": { "id": self.user } } }),
        };
        if let Some(role) = self.role {
            written["role"] = json!(role);
        }
        written
    }
}

impl MeetingOptions {
    /// As Graph takes them. `attendees` are those of the same input.
    ///
    /// # Errors
    /// `invalid_input` when only presenters may present and nobody is one.
    pub fn fields(self, attendees: Option<&[MeetingAttendee]>) -> Result<Fields> {
        let presents = |all: &[MeetingAttendee]| all.iter().any(|it| it.role == Some(MeetingRole::Presenter));
        if self.allowed_presenters == Some(Presenters::RoleIsPresenter) && !attendees.is_some_and(presents) {
            return Err(Error::invalid(
                "/attendees",
                "with `roleIsPresenter`, name all who are invited here, presenters with that `role`",
            ));
        }
        let lobby = Fields::default()
            .with("scope", self.lobby_bypass.map(|scope| json!(scope)))
            .with("isDialInBypassEnabled", self.lobby_bypass_for_callers);
        let lobby = Some(lobby).filter(|lobby| !lobby.is_empty()).map(|lobby| json!(lobby));
        Ok(Fields::default()
            .with("lobbyBypassSettings", lobby)
            .with("allowedPresenters", self.allowed_presenters.map(|who| json!(who)))
            .with("allowMeetingChat", self.allow_meeting_chat.map(|chat| json!(chat)))
            .with("recordAutomatically", self.record_automatically)
            .with("allowTranscription", self.allow_transcription)
            .with("allowRecording", self.allow_recording)
            .with("isEntryExitAnnounced", self.is_entry_exit_announced))
    }
}
