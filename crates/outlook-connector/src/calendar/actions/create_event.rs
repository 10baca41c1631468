//! `create_event`

use connector_sdk::{Action, Context, Effect, Error, Plan, Raw, Result, Spec, http::Method};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::attach::{Files, Item};
use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{CalendarId, Event, EventContent, Mailbox, NewAttachment, Preferences, invites};

/// Create an event in a calendar. Those who are invited get a message. With attachments, they are invited when the files
/// are there, so that they get these too. With an idempotency key or a `transactionId` it is created once, however often
/// the action is tried.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("required" = ["subject", "start", "end"], "examples" = [json!({
    "subject": "Planning", "start": "2027-03-01T09:00", "end": "2027-03-01T10:00", "timeZone": "Europe/Berlin",
    "attendees": [{ "email": "meganb@contoso.example" }], "location": { "displayName": "Room 12" },
    "recurrence": { "pattern": { "type": "weekly", "interval": 1, "daysOfWeek": ["monday"] }, "range": { "type": "numbered", "numberOfOccurrences": 6 } }
})]))]
pub struct CreateEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
    /// What the event holds.
    #[serde(flatten)]
    content: EventContent,
    /// Files to attach, each of up to 150 MB. Those who are invited get them with the invitation.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attachments: Vec<NewAttachment>,
    /// An id of your own, for which Graph creates the event only once; the default is the idempotency key of the run.
    #[schemars(length(min = 1, max = 255))]
    transaction_id: Option<String>,
    /// Other properties of the event, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for CreateEvent {
    type Output = Raw<Event>;
    const SPEC: Spec =
        Spec::new("create_event", "Create event", Effect::Create).scopes(CALENDARS_WRITE).bulk().resumes();

    fn effects(input: &Value) -> Vec<Effect> {
        if invites(input) { vec![Effect::Create, Effect::Send] } else { vec![Effect::Create] }
    }

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Event>>> {
        for (missing, property) in [
            (self.content.subject.is_keep(), "subject"),
            (self.content.start.is_none(), "start"),
            (self.content.end.is_none(), "end"),
        ] {
            if missing {
                return Err(Error::invalid(format!("/{property}"), format!("`{property}` is missing")));
            }
        }
        if self.additional_properties.contains_key("transactionId") {
            return Err(Error::invalid(
                "/additionalProperties/transactionId",
                "has a property of its own, `transactionId`",
            ));
        }
        let files = Files::check(self.attachments, "attachments", cx)?;
        let root = self.mailbox.root(cx)?;
        let transaction = self.transaction_id.or_else(|| cx.key.clone());
        let shown = Preferences { time_zone: self.content.time_zone.clone(), body_format: None };
        let fields = self.content.fields()?.with("transactionId", transaction.clone()).and(self.additional_properties);
        let mut fields = fields.into_map();
        let invited = if files.is_empty() { None } else { take_invited(&mut fields) };
        let create = shown.apply(CalendarId::below(self.calendar_id, &root, Method::POST, "/events").json(fields));
        // Graph makes one event of a transaction, so it may be sent again.
        let create = if transaction.is_some() { create.idempotent() } else { create };
        if files.is_empty() {
            return Ok(create.raw());
        }
        Ok(create.decode::<Event>().and_then(move |event| {
            // An earlier try may have come as far as this.
            let invited = invited.filter(|invited| !are_invited(invited, &event));
            let id = event.id;
            let attached = files.attach_missing_to(Item::event(&root, id.as_str()));
            attached.and_then(move |_| match invited {
                None => shown.apply(root.get("/events/{event}").exchange_id("event", id)).raw(),
                Some(invited) => {
                    let invite = root.patch("/events/{event}").exchange_id("event", id);
                    let invite = shown.apply(invite.json(json!({ "attendees": invited })).idempotent()).raw();
                    invite.or_else(|error| {
                        Plan::fail(error.context("while inviting to the event, which is there with its attachments"))
                    })
                }
            })
        }))
    }
}

/// Takes those who are to be invited out of an event, if there are any.
///
/// Invitations go out with the request that first names them, with the attachments of that moment: files that come later
/// reach nobody. So an event with files is made without them, and they are invited at the end.
fn take_invited(fields: &mut Map<String, Value>) -> Option<Vec<Value>> {
    match fields.remove("attendees") {
        Some(Value::Array(invited)) if !invited.is_empty() => Some(invited),
        // Nobody, or what Graph is to judge.
        Some(other) => {
            fields.insert("attendees".to_owned(), other);
            None
        }
        None => None,
    }
}

// Whether all of them are invited already. Naming them again would not invite them twice, but is not needed.
fn are_invited(invited: &[Value], event: &Event) -> bool {
    let known: Vec<&str> = event
        .attendees
        .iter()
        .flatten()
        .filter_map(|attendee| attendee.email_address.as_ref()?.address.as_deref())
        .collect();
    invited.iter().all(|attendee| {
        let address = attendee.pointer("/emailAddress/address").and_then(Value::as_str);
        address.is_some_and(|address| known.iter().any(|known| known.eq_ignore_ascii_case(address)))
    })
}
