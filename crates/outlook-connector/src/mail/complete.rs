//! Messages that changes tell of, with their attachments: changes come without them.

use connector_sdk::{Code, Plan, Poll, Properties, Raw, Root, Skipped, details, item};

use crate::permissions::MAIL_READ;
use crate::vocabulary::{ATTACHMENT_FIELDS, Message};

/// The attachments of a message, for whoever reads what could not be read.
pub fn of_message(id: &str) -> String {
    format!("the attachments of the message {id}")
}

/// Reads the messages again, with what their attachments are; not with their contents. All of them: `hasAttachments`
/// says nothing of attachments that are shown inside the text.
pub fn with_attachments<C: Send + 'static>(root: &Root, poll: Poll<Message, C>) -> Plan<Poll<Message, C>> {
    if poll.events.is_empty() {
        return Plan::done(poll);
    }
    let requests = poll.events.iter().map(|event| {
        let message = root
            .get("/messages/{message}")
            .exchange_id("message", Properties::of(event.data.json()).identity())
            .require(MAIL_READ);
        message.query("$expand", format!("attachments($select={ATTACHMENT_FIELDS})"))
    });
    details(requests.collect(), item).map(move |answers| {
        let mut poll = poll;
        for (event, answer) in poll.events.iter_mut().zip(answers) {
            match answer {
                Ok(message) => event.data = Raw::new(message),
                // It left meanwhile: what is known of it is told.
                Err(error) if error.code() == Code::NotFound => {}
                // Its attachments cannot be read: it is told without `attachments`.
                Err(error) => {
                    let what = of_message(&Properties::of(event.data.json()).identity());
                    poll.skipped.push(Skipped::new(what, &error));
                }
            }
        }
        poll
    })
}
