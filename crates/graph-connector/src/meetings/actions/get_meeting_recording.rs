//! `get_meeting_recording`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::RECORDINGS_READ;
use crate::vocabulary::{CallRecording, Meeting, RecordingId};

/// Get what is known of a recording of an online meeting; not its content. An app needs an application access policy of
/// Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy", "recordingId": "VjIjIzFlNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmU5YjA2YTliNi02ODc5LTQyODYtODdjMS1kMjlmN2MwNTkxMzJyZWNvcmRpbmcjIzcwNDQ5MDUwLWMxYzItNDk4Mi04YWJlLWM4ZTUzODg4MDdjMQ==" })]))]
pub struct GetMeetingRecording {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// The recording.
    recording_id: RecordingId,
}

impl Action for GetMeetingRecording {
    type Output = Raw<CallRecording>;
    const SPEC: Spec =
        Spec::new("get_meeting_recording", "Get meeting recording", Effect::Read).scopes(RECORDINGS_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<CallRecording>>> {
        Ok(self
            .meeting
            .request(cx, Method::GET, "/recordings/{recording}")?
            .path_param("recording", self.recording_id.0)
            .raw())
    }
}
