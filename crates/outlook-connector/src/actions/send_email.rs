//! `send_email`

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_sdk::{Action, Context, Effect, Error, FileRef, Plan, Result, Root, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::vocabulary::{Address, BodyType, Importance, ItemBody, MailboxId, Recipient};

/// What fits into one request; see [attaching files][1]. Larger ones need an upload session.
///
/// [1]: https://learn.microsoft.com/en-us/graph/outlook-large-attachments
const INLINE_LIMIT: u64 = 3 * 1024 * 1024;

/// Send a new email from the connected mailbox and keep a copy in Sent Items. At least one recipient is needed, in `to`, `cc` or `bcc`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "to": ["meganb@contoso.example"], "subject": "Lunch", "body": "<p>At noon?</p>" })]))]
pub struct SendEmail {
    /// Whose mailbox sends; the default is the signed-in user's.
    mailbox: Option<MailboxId>,
    /// The primary recipients.
    #[serde(default)]
    #[schemars(length(max = 500))]
    to: Vec<Address>,
    /// The recipients of copies.
    #[serde(default)]
    #[schemars(length(max = 500))]
    cc: Vec<Address>,
    /// The recipients of blind copies: the others do not see them.
    #[serde(default)]
    #[schemars(length(max = 500))]
    bcc: Vec<Address>,
    /// Where replies go, if not to the sender.
    #[serde(default)]
    #[schemars(length(max = 100))]
    reply_to: Vec<Address>,
    /// The subject.
    #[schemars(length(max = 255))]
    subject: String,
    /// The text.
    body: String,
    /// Whether the text is HTML (the default) or plain.
    #[serde(default)]
    body_type: BodyType,
    /// How important it is; the default is normal.
    importance: Option<Importance>,
    /// Files to attach, up to 3 MB together.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attachments: Vec<Attachment>,
    /// Send as this address, or on its behalf; the mailbox needs the right to do so.
    from: Option<Address>,
    /// Keep a copy in Sent Items; the default is to keep one.
    save_to_sent_items: Option<bool>,
    /// Ask to be told when it is read.
    request_read_receipt: Option<bool>,
    /// Ask to be told when it is delivered.
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

/// A file to attach.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Attachment {
    /// The file's name, as the recipients see it.
    #[schemars(length(min = 1, max = 255))]
    name: String,
    /// The content.
    content: FileRef,
    /// The media type, such as `application/pdf`.
    content_type: Option<String>,
    /// Whether it is shown inside the text instead of in the list of attachments.
    #[serde(default)]
    is_inline: bool,
    /// The name by which an HTML text refers to it: `<img src="cid:logo">` shows the one called `logo`.
    content_id: Option<String>,
}

/// A header of one's own.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Header {
    /// The name; it begins with `x-`.
    #[schemars(regex(pattern = r"^[xX]-[A-Za-z0-9-]+$"))]
    name: String,
    /// The value.
    #[schemars(length(max = 995))]
    value: String,
}

/// What became of the email.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Graph took the message over for delivery.
    pub sent: bool,
    /// The immutable id of the copy, if `returnMessage` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The id by which mail servers know it, if `returnMessage` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internet_message_id: Option<String>,
}

impl Action for SendEmail {
    type Output = Sent;
    const SPEC: Spec = Spec::new("send_email", "Send email", Effect::Send)
        .delegated(&["Mail.Send"])
        .shared(&["Mail.Send.Shared"])
        .application(&["Mail.Send"])
        .bulk();

    fn plan(mut self, cx: &Context) -> Result<Plan<Sent>> {
        if self.to.is_empty() && self.cc.is_empty() && self.bcc.is_empty() {
            return Err(Error::invalid("/to", "there is no recipient: give at least one in `to`, `cc` or `bcc`"));
        }
        if self.return_message && self.save_to_sent_items == Some(false) {
            return Err(Error::invalid("/returnMessage", "a message that is not kept has no id to return"));
        }
        let mut total = 0;
        for (i, attachment) in self.attachments.iter().enumerate() {
            let file = cx
                .file(&attachment.content)
                .map_err(|error| Error::invalid(format!("/attachments/{i}/content"), error.violations()[0].message.clone()))?;
            total += file.size;
            if total > INLINE_LIMIT {
                return Err(Error::invalid(
                    format!("/attachments/{i}"),
                    format!("the attachments are larger than {INLINE_LIMIT} bytes together"),
                ));
            }
        }
        let root = MailboxId::root(self.mailbox.as_ref(), cx)?;
        let files = std::mem::take(&mut self.attachments);
        Ok(read(files, Vec::new(), move |attachments| self.send(&root, attachments)))
    }
}

impl SendEmail {
    fn send(self, root: &Root, attachments: Vec<FileAttachment>) -> Plan<Sent> {
        let (return_message, save) = (self.return_message, self.save_to_sent_items);
        let on_behalf = self.from.is_some();
        let message = self.message(attachments);
        if return_message {
            return send_draft(root.clone(), &message);
        }
        let request = root.post("/sendMail").json(Envelope { message, save_to_sent_items: save });
        let request = if on_behalf { request.shared() } else { request };
        request.accepted().map(|_| Sent { sent: true, message_id: None, internet_message_id: None })
    }

    fn message(self, attachments: Vec<FileAttachment>) -> OutgoingMessage {
        OutgoingMessage {
            subject: self.subject,
            body: ItemBody { content_type: self.body_type, content: self.body },
            to_recipients: recipients(self.to),
            cc_recipients: recipients(self.cc),
            bcc_recipients: recipients(self.bcc),
            reply_to: recipients(self.reply_to),
            from: self.from.map(Recipient::from),
            importance: self.importance,
            is_read_receipt_requested: self.request_read_receipt,
            is_delivery_receipt_requested: self.request_delivery_receipt,
            categories: self.categories,
            internet_message_headers: self.headers,
            attachments,
        }
    }
}

// `sendMail` returns no id, so the message is made first and sent by its id.
fn send_draft(root: Root, message: &OutgoingMessage) -> Plan<Sent> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Draft {
        id: String,
        internet_message_id: Option<String>,
    }
    let create = root.post("/messages").json(message).needs(&["Mail.ReadWrite", "Mail.ReadWrite.Shared"]);
    create.decode::<Draft>().and_then(move |draft| {
        let sent = Sent { sent: true, message_id: Some(draft.id.clone()), internet_message_id: draft.internet_message_id };
        root.post("/messages/{message}/send").item("message", draft.id).accepted().map(move |_| sent)
    })
}

// Reads the files one after the other and goes on with their contents.
fn read(
    files: Vec<Attachment>,
    mut done: Vec<FileAttachment>,
    go: impl FnOnce(Vec<FileAttachment>) -> Plan<Sent> + Send + 'static,
) -> Plan<Sent> {
    let mut files = files.into_iter();
    let Some(next) = files.next() else { return go(done) };
    let content = next.content.clone();
    Plan::Read(
        content,
        connector_sdk::Then::new(move |bytes: Result<bytes::Bytes>| match bytes {
            Err(error) => Plan::Fail(error),
            Ok(bytes) => {
                done.push(FileAttachment {
                    kind: "#microsoft.graph.fileAttachment",
                    name: next.name,
                    content_type: next.content_type,
                    content_bytes: STANDARD.encode(bytes),
                    is_inline: next.is_inline,
                    content_id: next.content_id,
                });
                read(files.collect(), done, go)
            }
        }),
    )
}

fn recipients(addresses: Vec<Address>) -> Vec<Recipient> {
    addresses.into_iter().map(Recipient::from).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    message: OutgoingMessage,
    #[serde(skip_serializing_if = "Option::is_none")]
    save_to_sent_items: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutgoingMessage {
    subject: String,
    body: ItemBody,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_recipients: Vec<Recipient>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cc_recipients: Vec<Recipient>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bcc_recipients: Vec<Recipient>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reply_to: Vec<Recipient>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Recipient>,
    #[serde(skip_serializing_if = "Option::is_none")]
    importance: Option<Importance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_read_receipt_requested: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_delivery_receipt_requested: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    internet_message_headers: Vec<Header>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<FileAttachment>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileAttachment {
    #[serde(rename = "@odata.type")]
    kind: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    content_bytes: String,
    is_inline: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_id: Option<String>,
}
