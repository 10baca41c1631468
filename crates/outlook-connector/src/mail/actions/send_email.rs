//! `send_email`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Plan, Result, Root, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::attach::{Files, Item};
use crate::mail::compose::{Addressees, Header, OutgoingMessage};
use crate::mail::drafts;
use crate::mail::send_once::{self, Draft, ExtendedProperty, Sent};
use crate::permissions::{MAIL_SEND, MAIL_SEND_AS};
use crate::vocabulary::{
    Address, BodyType, Importance, ItemBody, Mailbox, MailboxId, NewAttachment, Recipient, named_recipients,
};

/// Send a new email from the connected mailbox and keep a copy in Sent Items. At least one recipient is needed, in
/// `to`, `cc` or `bcc`. With an idempotency key it is sent once, however often the action is tried.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "to": ["meganb@contoso.example"], "subject": "Lunch", "body": "<p>At noon?</p>" })]))]
#[schemars(transform = rules::at_least_one(&["to", "cc", "bcc"]))]
pub struct SendEmail {
    /// Whose mailbox sends; the default is the signed-in user's.
    mailbox: Option<MailboxId>,
    /// Return an immutable id, which stays the same when the message moves between folders; the default is true.
    immutable_ids: Option<bool>,
    /// Who gets it.
    #[serde(flatten)]
    addressees: Addressees,
    /// The subject.
    #[schemars(length(max = 255))]
    subject: String,
    /// The text.
    body: String,
    /// Whether the text is HTML (the default) or plain.
    #[serde(default)]
    body_type: BodyType,
    /// Importance; the default is `normal`.
    importance: Option<Importance>,
    /// Files to attach, each of up to 150 MB. Where the request would be larger than 4 MB with them, in practice above
    /// 3 MB together, the message is saved as a draft first and the files are uploaded to it.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attachments: Vec<NewAttachment>,
    /// Send as this address, or on its behalf; the mailbox needs the right to do so.
    from: Option<Address>,
    /// Keep a copy in Sent Items; the default is to keep one. A message that is saved as a draft first is always kept.
    save_to_sent_items: Option<bool>,
    /// Request a read receipt.
    request_read_receipt: Option<bool>,
    /// Request a delivery receipt.
    request_delivery_receipt: Option<bool>,
    /// The names of categories for the copy that is kept.
    #[serde(default)]
    #[schemars(length(max = 25))]
    categories: Vec<String>,
    /// Headers of your own. Graph accepts names that begin with `x-`.
    #[serde(default)]
    #[schemars(length(max = 5))]
    headers: Vec<Header>,
    /// Return the message's ids. It is then saved as a draft first and sent in a second request.
    #[serde(default)]
    return_message: bool,
}

impl Action for SendEmail {
    type Output = Sent;
    const SPEC: Spec = Spec::new("send_email", "Send email", Effect::Send)
        .scopes(MAIL_SEND)
        .cases(&[
            ScopeCase::besides(
                "a draft is saved first, for large attachments, an idempotency key or `returnMessage`",
                send_once::NEEDS,
            ),
            ScopeCase::instead("`from` names somebody else", MAIL_SEND_AS),
        ])
        .bulk()
        .resumes();

    fn recipients(input: &Value) -> Option<Vec<String>> {
        Some(named_recipients(input))
    }

    fn plan(mut self, cx: &Context) -> Result<Plan<Sent>> {
        if self.addressees.is_empty() {
            return Err(Error::invalid("/to", "there is no recipient: give at least one in `to`, `cc` or `bcc`"));
        }
        let files = Files::check(std::mem::take(&mut self.attachments), "attachments", cx)?;
        let root = Mailbox { mailbox: self.mailbox.take(), immutable_ids: self.immutable_ids }.root(cx)?;
        let (save, on_behalf, returned) = (self.save_to_sent_items, self.from.is_some(), self.return_message);
        let message = self.message();
        let as_draft = returned || cx.key.is_some() || !files.fit_beside(&message);
        if !as_draft {
            return Ok(files.read(move |attachments| {
                let message = OutgoingMessage { attachments, ..message };
                let request = root.post("/sendMail").json(Envelope { message, save_to_sent_items: save });
                let request = if on_behalf { request.with_scopes(MAIL_SEND_AS) } else { request };
                request.accepted().map(|_| Sent::untold())
            }));
        }
        if save == Some(false) {
            let message = "this message is saved as a draft first, because of `returnMessage`, an idempotency key or large attachments, and is kept";
            return Err(Error::invalid("/saveToSentItems", message));
        }
        let key = cx.key.clone();
        let mailbox = root.clone();
        let plan = send_once::send(root, key, move |property| draft(&mailbox, message, files, property));
        Ok(if on_behalf { plan.require(MAIL_SEND_AS) } else { plan })
    }
}

// A complete draft. It carries the property from when it is complete, and not before.
fn draft(root: &Root, message: OutgoingMessage, files: Files, property: Option<ExtendedProperty>) -> Plan<Draft> {
    let create = root.post("/messages").require(send_once::NEEDS);
    if files.fit_beside(&message) {
        let single_value_extended_properties = property.into_iter().collect();
        return files.read(move |attachments| {
            create.json(OutgoingMessage { attachments, single_value_extended_properties, ..message }).decode()
        });
    }
    let root = root.clone();
    create.json(message).decode::<Draft>().and_then(move |draft| {
        files.attach_to(Item::message(&root, draft.id.as_str())).and_then(move |_| drafts::mark(&root, draft, property))
    })
}

impl SendEmail {
    fn message(self) -> OutgoingMessage {
        OutgoingMessage {
            subject: Some(self.subject),
            body: Some(ItemBody { content_type: self.body_type, content: self.body }),
            from: self.from.map(Recipient::from),
            importance: self.importance,
            categories: self.categories,
            internet_message_headers: self.headers,
            is_read_receipt_requested: self.request_read_receipt,
            is_delivery_receipt_requested: self.request_delivery_receipt,
            ..OutgoingMessage::to(self.addressees)
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    message: OutgoingMessage,
    #[serde(skip_serializing_if = "Option::is_none")]
    save_to_sent_items: Option<bool>,
}
