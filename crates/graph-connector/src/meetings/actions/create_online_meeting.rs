//! `create_online_meeting`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::MEETINGS_WRITE;
use crate::vocabulary::{MeetingOptions, MeetingPlan, OnlineMeeting, Organizer};

/// Create an online meeting. It appears in no calendar, nobody gets a message, and Graph offers no transcripts and
/// recordings of it. If you need those, use `create_event` with `isOnlineMeeting`. An app needs an application access
/// policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({
    "subject": "Mark 8 stand-up", "start": "2027-03-01T09:00", "end": "2027-03-01T09:15", "timeZone": "Europe/Berlin",
    "attendees": [{ "user": "meganb@contoso.example", "role": "presenter" }], "lobbyBypass": "organization", "recordAutomatically": true
})]))]
pub struct CreateOnlineMeeting {
    /// Whose meeting.
    #[serde(flatten)]
    organizer: Organizer,
    /// When, and with whom.
    #[serde(flatten)]
    plan: MeetingPlan,
    /// How it is run.
    #[serde(flatten)]
    options: MeetingOptions,
    /// Other properties of the meeting, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for CreateOnlineMeeting {
    type Output = Raw<OnlineMeeting>;
    const SPEC: Spec =
        Spec::new("create_online_meeting", "Create online meeting", Effect::Create).scopes(MEETINGS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<OnlineMeeting>>> {
        let options = self.options.fields(self.plan.attendees.as_deref())?;
        let body = self.plan.fields()?.and_all(options).and(self.additional_properties);
        Ok(self.organizer.root(cx)?.post("/onlineMeetings").json(body).raw())
    }
}
