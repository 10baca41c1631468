//! `delete_online_meeting`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MEETINGS_WRITE;
use crate::vocabulary::Meeting;

/// Delete an online meeting. Only its organizer can. Its join link stops working, and a new meeting has another one.
/// The event in the calendar, if it has one, stays. An app needs an application access policy of Teams that lets it act
/// for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy", "confirm": true })]))]
pub struct DeleteOnlineMeeting {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for DeleteOnlineMeeting {
    type Output = Deleted;
    const SPEC: Spec =
        Spec::new("delete_online_meeting", "Delete online meeting", Effect::Delete).scopes(MEETINGS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(self.meeting.request(cx, Method::DELETE, "")?.deleted())
    }
}
