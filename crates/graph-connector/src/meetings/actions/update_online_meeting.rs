//! `update_online_meeting`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::MEETINGS_WRITE;
use crate::vocabulary::{Meeting, MeetingOptions, MeetingPlan, OnlineMeeting};

/// Change an online meeting. Only its organizer can. Absent properties stay as they are; the list of those who are
/// invited is replaced as a whole. The event in the calendar, if it has one, stays as it is. An app needs an
/// application access policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy", "subject": "Quarterly results, again", "allowRecording": false })]))]
#[schemars(transform = rules::together(&["start", "end"]))]
#[schemars(transform = rules::something_beside(&["organizer", "meetingId", "timeZone", "clearEmptyFields"]))]
pub struct UpdateOnlineMeeting {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// When, and with whom.
    #[serde(flatten)]
    plan: MeetingPlan,
    /// How it is run.
    #[serde(flatten)]
    options: MeetingOptions,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
    /// Other properties of the meeting, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for UpdateOnlineMeeting {
    type Output = Raw<OnlineMeeting>;
    const SPEC: Spec =
        Spec::new("update_online_meeting", "Update online meeting", Effect::Update).scopes(MEETINGS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<OnlineMeeting>>> {
        if self.plan.start.is_some() && self.plan.end.is_none() {
            return Err(Error::invalid("/end", "Graph changes start and end only together: give both"));
        }
        let options = self.options.fields(self.plan.attendees.as_deref())?;
        let body = self
            .plan
            .fields()?
            .and_all(options)
            .and(self.additional_properties)
            .clear_empty(self.clear_empty_fields)
            .not_empty()?;
        Ok(self.meeting.request(cx, Method::PATCH, "")?.json(body).idempotent().raw())
    }
}
