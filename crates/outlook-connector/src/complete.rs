//! Messages that changes tell of, with their attachments: changes come without them.

use connector_sdk::{Code, Order, Plan, Poll, Properties, Raw, Response, Result, Root, Then};

use crate::permissions::MAIL_READ;
use crate::vocabulary::{ATTACHMENT_FIELDS, Message};

/// Reads the messages again, with what their attachments are; not with their contents. All of them: `hasAttachments`
/// says nothing of attachments that are shown inside the text.
pub fn with_attachments<C: Send + 'static>(root: &Root, poll: Poll<Message, C>) -> Plan<Poll<Message, C>> {
    if poll.events.is_empty() {
        return Plan::Done(poll);
    }
    let requests = poll.events.iter().map(|event| {
        let message = root
            .get("/messages/{message}")
            .item("message", Properties::of(event.data.json()).identity())
            .needs(MAIL_READ);
        message.query("$expand", format!("attachments($select={ATTACHMENT_FIELDS})"))
    });
    let requests = requests.collect();
    let go = move |answers: Vec<Result<Response>>| {
        let mut poll = poll;
        for (event, answer) in poll.events.iter_mut().zip(answers) {
            match answer.and_then(|answer| answer.json()) {
                Ok(message) => event.data = Raw::new(message),
                // It left meanwhile, or its attachments cannot be read: what is known of it is told, without
                // `attachments`.
                Err(error) if matches!(error.code(), Code::NotFound | Code::Rejected) => {}
                Err(error) => return Plan::Fail(error),
            }
        }
        Plan::Done(poll)
    };
    Plan::All(requests, Order::Any, Then::last(go))
}
