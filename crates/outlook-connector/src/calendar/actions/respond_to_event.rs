//! `respond_to_event`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Fields, Plan, Result, Spec, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{EventId, Mailbox, Moment};

/// Respond to an invitation. The organiser of a meeting cannot respond.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFTFAA==", "response": "tentative", "comment": "I may be late." })]))]
#[schemars(transform = rules::only_with(&["proposedNewTime", "response=decline", "response=tentative"]))]
#[schemars(transform = rules::at_most_one(&["proposedNewTime", "sendResponse=false"]))]
pub struct RespondToEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// The answer.
    response: Answer,
    /// A text that goes with it.
    #[schemars(length(max = 10000))]
    comment: Option<String>,
    /// Whether the organiser gets a message; the default is that they do.
    #[serde(default = "yes")]
    send_response: bool,
    /// Another time to propose, with an answer of `decline` or `tentative`.
    proposed_new_time: Option<Proposal>,
    /// The time zone of local times and days, by Windows or IANA name.
    time_zone: Option<Zone>,
}

fn yes() -> bool {
    true
}

/// An answer to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Answer {
    /// Yes.
    Accept,
    /// No. The event leaves the calendar.
    Decline,
    /// Perhaps.
    Tentative,
}

/// Another time for a meeting.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Proposal {
    /// When it would begin.
    start: Moment,
    /// When it would end.
    end: Moment,
}

impl Proposal {
    fn written(self, zone: Option<&Zone>) -> Result<Value> {
        let (start, end) = ("proposedNewTime/start", "proposedNewTime/end");
        if self.end.instant(zone, end)? <= self.start.instant(zone, start)? {
            return Err(Error::invalid(format!("/{end}"), "is not after `start`"));
        }
        Ok(json!({ "start": self.start.with_zone(zone, start)?, "end": self.end.with_zone(zone, end)? }))
    }
}

/// The outcome.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Outcome {
    /// The answer was given.
    responded: bool,
}

impl Action for RespondToEvent {
    type Output = Outcome;
    const SPEC: Spec = Spec::new("respond_to_event", "Respond to event", Effect::Send).scopes(CALENDARS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Outcome>> {
        if self.proposed_new_time.is_some() && (self.response == Answer::Accept || !self.send_response) {
            return Err(Error::invalid(
                "/proposedNewTime",
                "another time is proposed with `decline` or `tentative`, and by a message",
            ));
        }
        let zone = self.time_zone.as_ref();
        let proposed = self.proposed_new_time.map(|proposal| proposal.written(zone)).transpose()?;
        let template = match self.response {
            Answer::Accept => "/events/{event}/accept",
            Answer::Decline => "/events/{event}/decline",
            Answer::Tentative => "/events/{event}/tentativelyAccept",
        };
        let body = Fields::default()
            .with("comment", self.comment)
            .with("sendResponse", Some(self.send_response))
            .with("proposedNewTime", proposed);
        let request = self.mailbox.root(cx)?.post(template).exchange_id("event", self.event_id.0);
        Ok(request.json(body).accepted().map(|_| Outcome { responded: true }))
    }
}
