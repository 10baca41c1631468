//! `get_meeting_transcript`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::TRANSCRIPTS_READ;
use crate::vocabulary::{CallTranscript, Meeting, TranscriptId};

/// Get what is known of a transcript of an online meeting; not its content. An app needs an application access policy
/// of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy", "transcriptId": "VjIjIzFlNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmU5YjA2YTliNi02ODc5LTQyODYtODdjMS1kMjlmN2MwNTkxMzJ0cmFuc2NyaXB0IyMyZjA1ZmMyNi1mNGEyLTRjM2EtODFlNS0zZWZhM2M3OGM2MzI=" })]))]
pub struct GetMeetingTranscript {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// The transcript.
    transcript_id: TranscriptId,
}

impl Action for GetMeetingTranscript {
    type Output = Raw<CallTranscript>;
    const SPEC: Spec =
        Spec::new("get_meeting_transcript", "Get meeting transcript", Effect::Read).scopes(TRANSCRIPTS_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<CallTranscript>>> {
        Ok(self
            .meeting
            .request(cx, Method::GET, "/transcripts/{transcript}")?
            .path_param("transcript", self.transcript_id.0)
            .raw())
    }
}
