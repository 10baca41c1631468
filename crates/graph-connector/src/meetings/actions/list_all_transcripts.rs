//! `list_all_transcripts`

use connector_sdk::{Action, Context, Effect, Pages, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::meetings::artifacts::{Found, Kind, Wanted};
use crate::permissions::ALL_TRANSCRIPTS_READ;
use crate::vocabulary::CallTranscript;

/// List the transcripts of all online meetings that somebody organizes, without their content. Only an app can do it:
/// use a connection of an app that has an application access policy of Teams for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "organizer": "e633c93d-f077-40d2-8c68-2ae455ceb72e", "start": "2026-01-01T00:00:00Z" }), json!({ "organizer": "e633c93d-f077-40d2-8c68-2ae455ceb72e", "trackChanges": true })]))]
pub struct ListAllTranscripts {
    /// Which.
    #[serde(flatten)]
    wanted: Wanted,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListAllTranscripts {
    type Output = Found<CallTranscript>;
    const SPEC: Spec =
        Spec::new("list_all_transcripts", "List all transcripts", Effect::Read).scopes(ALL_TRANSCRIPTS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<Found<CallTranscript>>> {
        self.wanted.list(Kind::Transcripts, &self.pages, cx)
    }
}
