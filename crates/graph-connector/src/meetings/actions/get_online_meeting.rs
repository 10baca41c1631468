//! `get_online_meeting`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec, odata};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MEETINGS_READ;
use crate::vocabulary::{Meeting, OnlineMeeting};

/// Get an online meeting by its id. A user can get meetings that they organize or are invited to. An app needs an
/// application access policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy" })]))]
pub struct GetOnlineMeeting {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// Only these properties, as Graph names them. The `id` is always included.
    #[schemars(length(min = 1, max = 100), inner(length(min = 1, max = 200)))]
    select: Option<Vec<String>>,
}

impl Action for GetOnlineMeeting {
    type Output = Raw<OnlineMeeting>;
    const SPEC: Spec = Spec::new("get_online_meeting", "Get online meeting", Effect::Read).scopes(MEETINGS_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<OnlineMeeting>>> {
        let get = self.meeting.request(cx, Method::GET, "")?;
        Ok(get.query_opt("$select", self.select.as_deref().and_then(odata::select)).raw())
    }
}
