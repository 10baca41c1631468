//! `list_meeting_transcripts`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::TRANSCRIPTS_READ;
use crate::vocabulary::{CallTranscript, Meeting};

/// List the transcripts of an online meeting, without their content. There are none of meetings that are in no
/// calendar. An app needs an application access policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy" })]))]
pub struct ListMeetingTranscripts {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListMeetingTranscripts {
    type Output = List<CallTranscript>;
    const SPEC: Spec =
        Spec::new("list_meeting_transcripts", "List meeting transcripts", Effect::Read).scopes(TRANSCRIPTS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<CallTranscript>>> {
        let list = self.meeting.request(cx, Method::GET, "/transcripts")?.query("$top", self.pages.page_size(100));
        Ok(list.pages(self.pages.paging()?))
    }
}
