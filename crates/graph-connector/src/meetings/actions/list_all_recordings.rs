//! `list_all_recordings`

use connector_sdk::{Action, Context, Effect, Pages, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::meetings::artifacts::{Found, Kind, Wanted};
use crate::permissions::ALL_RECORDINGS_READ;
use crate::vocabulary::CallRecording;

/// List the recordings of all online meetings that somebody organizes, without their content. Only an app can do it:
/// use a connection of an app that has an application access policy of Teams for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "organizer": "e633c93d-f077-40d2-8c68-2ae455ceb72e", "start": "2026-01-01T00:00:00Z" }), json!({ "organizer": "e633c93d-f077-40d2-8c68-2ae455ceb72e", "trackChanges": true })]))]
pub struct ListAllRecordings {
    /// Which.
    #[serde(flatten)]
    wanted: Wanted,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListAllRecordings {
    type Output = Found<CallRecording>;
    const SPEC: Spec =
        Spec::new("list_all_recordings", "List all recordings", Effect::Read).scopes(ALL_RECORDINGS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<Found<CallRecording>>> {
        self.wanted.list(Kind::Recordings, &self.pages, cx)
    }
}
