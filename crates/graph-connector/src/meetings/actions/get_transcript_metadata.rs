//! `get_transcript_metadata`

use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::meetings::web_vtt;
use crate::permissions::TRANSCRIPTS_READ;
use crate::vocabulary::{Meeting, TranscriptId};

/// Get the transcript of an online meeting line by line: the speaker, the time and the language. An app needs an
/// application access policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy", "transcriptId": "VjIjIzFlNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmU5YjA2YTliNi02ODc5LTQyODYtODdjMS1kMjlmN2MwNTkxMzJ0cmFuc2NyaXB0IyMyZjA1ZmMyNi1mNGEyLTRjM2EtODFlNS0zZWZhM2M3OGM2MzI=" })]))]
pub struct GetTranscriptMetadata {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// The transcript.
    transcript_id: TranscriptId,
}

/// What was said.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Spoken {
    /// The lines, in their order.
    lines: Vec<SpokenLine>,
}

/// Something that somebody said.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct SpokenLine {
    /// When it begins, in seconds from the beginning of the transcript. Less than 0: it was said before.
    from: f64,
    /// When it ends, in seconds from the beginning of the transcript.
    to: f64,
    /// What Graph tells of it.
    #[serde(flatten)]
    line: Line,
}

/// What Graph tells of a line; what is not known is absent.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Line {
    /// When it begins, with its offset from UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date_time: Option<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date_time: Option<String>,
    /// Who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker_name: Option<String>,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    spoken_text: Option<String>,
    /// The language, such as `en-us`.
    #[serde(skip_serializing_if = "Option::is_none")]
    spoken_language: Option<String>,
}

impl Action for GetTranscriptMetadata {
    type Output = Spoken;
    const SPEC: Spec =
        Spec::new("get_transcript_metadata", "Get transcript metadata", Effect::Read).scopes(TRANSCRIPTS_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Spoken>> {
        let content = self.meeting.request(cx, Method::GET, "/transcripts/{transcript}/metadataContent")?;
        Ok(Plan::finish(
            content.path_param("transcript", self.transcript_id.0).header("accept", "text/vtt"),
            |answer| {
                let lines = web_vtt::cues(&answer.body)?.into_iter().map(|cue| {
                    // A line that is no JSON is what was said.
                    let line = serde_json::from_str(&cue.text)
                        .unwrap_or_else(|_| Line { spoken_text: Some(cue.text), ..Line::default() });
                    SpokenLine { from: cue.from, to: cue.to, line }
                });
                Ok(Spoken { lines: lines.collect() })
            },
        ))
    }
}
