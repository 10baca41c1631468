//! `download_meeting_recording`

use connector_sdk::{Action, Context, DownloadName, Effect, File, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::RECORDINGS_READ;
use crate::vocabulary::{Meeting, RecordingId};

/// Download a recording of an online meeting as an MP4 video of any size: it is written as it arrives, continues after
/// an interruption, and is verified by its size. An app needs an application access policy of Teams that lets it act
/// for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy", "recordingId": "VjIjIzFlNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmU5YjA2YTliNi02ODc5LTQyODYtODdjMS1kMjlmN2MwNTkxMzJyZWNvcmRpbmcjIzcwNDQ5MDUwLWMxYzItNDk4Mi04YWJlLWM4ZTUzODg4MDdjMQ==" })]))]
pub struct DownloadMeetingRecording {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// The recording.
    recording_id: RecordingId,
}

impl Action for DownloadMeetingRecording {
    type Output = File;
    const SPEC: Spec = Spec::new("download_meeting_recording", "Download meeting recording", Effect::Read)
        .scopes(RECORDINGS_READ)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<File>> {
        let content = self
            .meeting
            .request(cx, Method::GET, "/recordings/{recording}/content")?
            .path_param("recording", self.recording_id.0);
        Ok(content.download(DownloadName::default().with_name("recording.mp4".to_owned())))
    }
}
