//! `list_meeting_recordings`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::RECORDINGS_READ;
use crate::vocabulary::{CallRecording, Meeting};

/// List the recordings of an online meeting, without their content. There are none of meetings that are in no calendar.
/// An app needs an application access policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy" })]))]
pub struct ListMeetingRecordings {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListMeetingRecordings {
    type Output = List<CallRecording>;
    const SPEC: Spec =
        Spec::new("list_meeting_recordings", "List meeting recordings", Effect::Read).scopes(RECORDINGS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<CallRecording>>> {
        let list = self.meeting.request(cx, Method::GET, "/recordings")?.query("$top", self.pages.page_size(100));
        Ok(list.pages(self.pages.paging()?))
    }
}
