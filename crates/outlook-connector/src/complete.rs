//! Messages that changes tell of, with their attachments: changes come without them.

use connector_sdk::{Code, Event, Order, Plan, Poll, Raw, Response, Result, Root, Then};

use crate::mail_filter::Seen;
use crate::vocabulary::{ATTACHMENT_FIELDS, Message};

/// What it takes to read attachments.
const NEEDS: &[&str] = &["Mail.Read", "Mail.ReadWrite", "Mail.Read.Shared", "Mail.ReadWrite.Shared"];

/// Reads the messages that have attachments again, with what their attachments are; not with their contents.
pub fn with_attachments<C: Send + 'static>(root: &Root, poll: Poll<Message, C>) -> Plan<Poll<Message, C>> {
    let Poll { events, cursor, more } = poll;
    let has_some = |event: &Event<Message>| Seen::read(event.data.json()).is_some_and(|seen| seen.has_attachments != Some(false));
    let asked: Vec<usize> = (0..events.len()).filter(|&at| has_some(&events[at])).collect();
    if asked.is_empty() {
        return Plan::Done(Poll { events, cursor, more });
    }
    let requests = asked.iter().filter_map(|&at| Seen::read(events[at].data.json())).map(|seen| {
        let message = root.get("/messages/{message}").item("message", seen.id).needs(NEEDS);
        message.query("$expand", format!("attachments($select={ATTACHMENT_FIELDS})"))
    });
    let requests = requests.collect();
    let go = move |answers: Vec<Result<Response>>| {
        let mut events = events;
        for (at, answer) in asked.into_iter().zip(answers) {
            match answer.and_then(|answer| answer.json()) {
                Ok(message) => events[at].data = Raw::new(message),
                // It left meanwhile: what is known of it is told.
                Err(error) if error.code() == Code::NotFound => {}
                Err(error) => return Plan::Fail(error),
            }
        }
        Plan::Done(Poll { events, cursor, more })
    };
    Plan::All(requests, Order::Any, Then::last(go))
}
