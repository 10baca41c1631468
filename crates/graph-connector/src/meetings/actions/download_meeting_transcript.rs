//! `download_meeting_transcript`

use connector_sdk::{Action, Context, DownloadName, Effect, File, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::TRANSCRIPTS_READ;
use crate::vocabulary::{Meeting, TranscriptId};

/// Download the transcript of an online meeting, as text with times and speakers. An app needs an application access
/// policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy", "transcriptId": "VjIjIzFlNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmU5YjA2YTliNi02ODc5LTQyODYtODdjMS1kMjlmN2MwNTkxMzJ0cmFuc2NyaXB0IyMyZjA1ZmMyNi1mNGEyLTRjM2EtODFlNS0zZWZhM2M3OGM2MzI=" })]))]
pub struct DownloadMeetingTranscript {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// The transcript.
    transcript_id: TranscriptId,
    /// The format of the file.
    #[serde(default)]
    format: Format,
}

/// The format of a transcript.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Format {
    /// [WebVTT](https://www.w3.org/TR/webvtt1/), the one format that Graph has.
    #[default]
    Vtt,
}

impl Action for DownloadMeetingTranscript {
    type Output = File;
    const SPEC: Spec = Spec::new("download_meeting_transcript", "Download meeting transcript", Effect::Read)
        .scopes(TRANSCRIPTS_READ)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<File>> {
        let Format::Vtt = self.format;
        let content = self
            .meeting
            .request(cx, Method::GET, "/transcripts/{transcript}/content")?
            .path_param("transcript", self.transcript_id.0);
        let name = DownloadName::default().with_name("transcript.vtt".to_owned());
        Ok(content.query("$format", "text/vtt").download(name))
    }
}
