//! Replies and forwards.
//!
//! Graph sends them in one request, unless files go along, a reply goes to more people than Outlook fills in, or the
//! caller wants them sent once: then a draft is made, completed and sent.

use connector_sdk::{Error, Plan, Raw, Request, Response, Result, Root};
use serde::Serialize;

use crate::attach::{Files, Item};
use crate::mail::compose::OutgoingMessage;
use crate::mail::drafts;
use crate::mail::more_recipients::MoreRecipients;
use crate::mail::send_once::{self, Draft, ExtendedProperty, Sent};
use crate::vocabulary::{Address, ItemBody, Message, recipients};

/// What kind of answer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To the sender.
    Reply,
    /// To everybody who got it.
    ReplyAll,
    /// To somebody else.
    Forward,
}

/// An answer to a message.
#[derive(Debug)]
pub struct Answer {
    /// What kind.
    pub kind: Kind,
    /// The id of the message.
    pub message: String,
    /// What stands above the original.
    pub comment: Option<String>,
    /// The whole text, in place of a comment.
    pub body: Option<ItemBody>,
    /// To whom; of a reply, besides those that Outlook fills in.
    pub to: Vec<Address>,
    /// Who gets a copy.
    pub cc: Vec<Address>,
    /// Who gets a blind copy.
    pub bcc: Vec<Address>,
    /// What goes along.
    pub files: Files,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<OutgoingMessage>,
}

impl Answer {
    /// Sends it.
    ///
    /// # Errors
    /// `invalid_input` when there is both a comment and a text.
    pub fn send(self, root: Root, key: Option<String>) -> Result<Plan<Sent>> {
        self.check()?;
        if key.is_none() && self.files.is_empty() && !self.adds_recipients() {
            let request = self.request(&root, "reply", "replyAll", "forward");
            return Ok(request.json(self.parameters()).accepted().map(|_| Sent::untold()));
        }
        let mailbox = root.clone();
        Ok(send_once::send(root, key, move |property| self.complete(&mailbox, property)))
    }

    /// Makes a draft of it.
    ///
    /// # Errors
    /// As [`Answer::send`].
    pub fn draft(mut self, root: Root) -> Result<Plan<Raw<Message>>> {
        self.check()?;
        let create = self.request(&root, "createReply", "createReplyAll", "createForward");
        let files = std::mem::take(&mut self.files);
        let create = create.json(self.parameters());
        if files.is_empty() {
            return Ok(create.raw());
        }
        Ok(create.decode::<Draft>().and_then(move |draft| {
            let read = root.get("/messages/{message}").exchange_id("message", draft.id.as_str());
            files.attach_to(Item::message(&root, draft.id)).and_then(|_| read.raw())
        }))
    }

    // Whether it goes to more people than Outlook fills in. A forward has nobody filled in.
    fn adds_recipients(&self) -> bool {
        self.kind != Kind::Forward && !(self.to.is_empty() && self.cc.is_empty() && self.bcc.is_empty())
    }

    fn more_recipients(&mut self) -> MoreRecipients {
        if !self.adds_recipients() {
            return MoreRecipients::default();
        }
        let take = std::mem::take;
        MoreRecipients { to: take(&mut self.to), cc: take(&mut self.cc), bcc: take(&mut self.bcc) }
    }

    fn check(&self) -> Result<()> {
        match (&self.comment, &self.body) {
            (Some(_), Some(_)) => {
                Err(Error::invalid("/body", "`comment` and `body` exclude each other: Graph takes one of them"))
            }
            _ => Ok(()),
        }
    }

    // A complete draft, which carries the property from when it is complete.
    fn complete(mut self, root: &Root, property: Option<ExtendedProperty>) -> Plan<Draft> {
        let create = self.request(root, "createReply", "createReplyAll", "createForward").require(send_once::NEEDS);
        let files = std::mem::take(&mut self.files);
        let more = self.more_recipients();
        let create = create.json(self.parameters());
        let root = root.clone();
        let made = |response: Response| Ok((response.read::<Draft>()?, response.json()?));
        Plan::finish(create, made).and_then(move |(draft, shown)| {
            more.for_draft(&root, &draft.id, &shown).and_then(move |recipients| {
                files
                    .attach_to(Item::message(&root, draft.id.as_str()))
                    .and_then(move |_| drafts::finish(&root, draft, recipients, property))
            })
        })
    }

    fn request(&self, root: &Root, reply: &str, reply_all: &str, forward: &str) -> Request {
        let action = match self.kind {
            Kind::Reply => reply,
            Kind::ReplyAll => reply_all,
            Kind::Forward => forward,
        };
        root.post(&format!("/messages/{{message}}/{action}")).exchange_id("message", self.message.as_str())
    }

    fn parameters(self) -> Parameters {
        let message = OutgoingMessage {
            body: self.body,
            to_recipients: recipients(self.to),
            cc_recipients: recipients(self.cc),
            bcc_recipients: recipients(self.bcc),
            ..OutgoingMessage::default()
        };
        let says_something = message.body.is_some()
            || !(message.to_recipients.is_empty()
                && message.cc_recipients.is_empty()
                && message.bcc_recipients.is_empty());
        Parameters { comment: self.comment, message: says_something.then_some(message) }
    }
}
