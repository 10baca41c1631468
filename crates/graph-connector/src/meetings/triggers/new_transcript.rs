//! `new_transcript`

use connector_sdk::watch::Beginning;
use connector_sdk::{Context, Effect, Plan, Poll, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::meetings::artifacts::{Cursor, Kind, Watched};
use crate::permissions::TRANSCRIPTS_READ;
use crate::vocabulary::CallTranscript;

/// Watch for new transcripts of online meetings: an app watches all meetings of an organizer, or one of them; a user
/// who is signed in watches one meeting. An app needs an application access policy of Teams that lets it act for the
/// organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy" })]))]
pub struct NewTranscript {
    /// Of which meetings.
    #[serde(flatten)]
    watched: Watched,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
}

impl Trigger for NewTranscript {
    type Event = CallTranscript;
    type Cursor = Cursor;
    const SPEC: Spec = Spec::new("new_transcript", "New transcript", Effect::Read).scopes(TRANSCRIPTS_READ);

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<CallTranscript, Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        self.watched.look(Kind::Transcripts, cursor, since, cx)
    }
}
