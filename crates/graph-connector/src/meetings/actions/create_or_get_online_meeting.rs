//! `create_or_get_online_meeting`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MEETINGS_WRITE;
use crate::vocabulary::{MeetingPlan, OnlineMeeting, Organizer};

/// Create an online meeting with an id of your own, or get the one that the organizer has under that id. The meeting is
/// created once, however often the action is tried, and it appears in no calendar. An existing meeting is not changed.
/// An app needs an application access policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "externalId": "stand-up-2027-03-01", "subject": "Mark 8 stand-up", "start": "2027-03-01T09:00:00Z", "end": "2027-03-01T09:15:00Z" })]))]
pub struct CreateOrGetOnlineMeeting {
    /// Whose meeting.
    #[serde(flatten)]
    organizer: Organizer,
    /// Your own id of the meeting, unique for the organizer.
    #[schemars(length(min = 1, max = 255))]
    external_id: String,
    /// When, and with whom.
    #[serde(flatten)]
    plan: MeetingPlan,
}

impl Action for CreateOrGetOnlineMeeting {
    type Output = Raw<OnlineMeeting>;
    const SPEC: Spec = Spec::new("create_or_get_online_meeting", "Create or get online meeting", Effect::Create)
        .scopes(MEETINGS_WRITE)
        .bulk()
        .resumes();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<OnlineMeeting>>> {
        let body = self.plan.fields()?.with("externalId", Some(self.external_id));
        Ok(self.organizer.root(cx)?.post("/onlineMeetings/createOrGet").json(body).idempotent().raw())
    }
}
