//! Messages that are written: their body as Graph takes it.

use connector_sdk::{Edit, Fields, Result, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::attach::FileAttachment;
use crate::mail::send_once::ExtendedProperty;
use crate::vocabulary::{
    Address, BodyType, Flag, Importance, InferenceClassification, ItemBody, Recipient, recipients,
};

/// A header of one's own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The name; it begins with `x-`.
    #[schemars(regex(pattern = r"^[xX]-[A-Za-z0-9-]+$"), example = "x-order")]
    pub name: String,
    /// The value.
    #[schemars(length(max = 995), example = "A-1041")]
    pub value: String,
}

/// A message on its way to Graph. What is empty is not sent.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are those of Graph's message resource")]
pub struct OutgoingMessage {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<ItemBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_recipients: Vec<Recipient>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cc_recipients: Vec<Recipient>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bcc_recipients: Vec<Recipient>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reply_to: Vec<Recipient>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Recipient>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub importance: Option<Importance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_read_receipt_requested: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_delivery_receipt_requested: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub internet_message_headers: Vec<Header>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<FileAttachment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub single_value_extended_properties: Vec<ExtendedProperty>,
}

/// Who gets a message, and its replies. Used with `#[serde(flatten)]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Addressees {
    /// The primary recipients.
    #[schemars(length(max = 500))]
    to: Vec<Address>,
    /// The recipients of copies.
    #[schemars(length(max = 500))]
    cc: Vec<Address>,
    /// The recipients of blind copies: the others do not see them.
    #[schemars(length(max = 500))]
    bcc: Vec<Address>,
    /// Where replies go, if not to the sender.
    #[schemars(length(max = 100))]
    reply_to: Vec<Address>,
}

impl Addressees {
    /// Returns whether nobody gets the message.
    pub fn is_empty(&self) -> bool {
        self.to.is_empty() && self.cc.is_empty() && self.bcc.is_empty()
    }
}

impl OutgoingMessage {
    /// Creates a message without content to these addressees.
    pub fn to(addressees: Addressees) -> OutgoingMessage {
        OutgoingMessage {
            to_recipients: recipients(addressees.to),
            cc_recipients: recipients(addressees.cc),
            bcc_recipients: recipients(addressees.bcc),
            reply_to: recipients(addressees.reply_to),
            ..OutgoingMessage::default()
        }
    }
}

/// What a message holds besides its addressees, for whoever drafts one. Used with `#[serde(flatten)]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MessageFields {
    /// The subject.
    #[schemars(length(max = 255))]
    subject: Option<String>,
    /// The text.
    body: Option<String>,
    /// Whether the text is HTML (the default) or plain.
    body_type: BodyType,
    /// Importance; the default is `normal`.
    importance: Option<Importance>,
    /// Send as this address, or on its behalf; the mailbox needs the right to do so.
    from: Option<Address>,
    /// Request a read receipt.
    request_read_receipt: Option<bool>,
    /// Request a delivery receipt.
    request_delivery_receipt: Option<bool>,
    /// The names of its categories.
    #[schemars(length(max = 25))]
    categories: Vec<String>,
    /// Headers of your own. Graph accepts names that begin with `x-`, and only when the message is made.
    #[schemars(length(max = 5))]
    headers: Vec<Header>,
}

impl MessageFields {
    /// Creates the message to these addressees.
    pub fn message(self, addressees: Addressees) -> OutgoingMessage {
        OutgoingMessage {
            subject: self.subject,
            body: self.body.map(|content| ItemBody { content_type: self.body_type, content }),
            from: self.from.map(Recipient::from),
            importance: self.importance,
            categories: self.categories,
            internet_message_headers: self.headers,
            is_read_receipt_requested: self.request_read_receipt,
            is_delivery_receipt_requested: self.request_delivery_receipt,
            ..OutgoingMessage::to(addressees)
        }
    }
}

/// What can change on drafts only. Used with `#[serde(flatten)]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftEdits {
    /// The primary recipients, in place of the present ones.
    #[schemars(length(max = 500))]
    to: Edit<Vec<Address>>,
    /// The recipients of copies, in place of the present ones.
    #[schemars(length(max = 500))]
    cc: Edit<Vec<Address>>,
    /// The recipients of blind copies, in place of the present ones.
    #[schemars(length(max = 500))]
    bcc: Edit<Vec<Address>>,
    /// The subject.
    #[schemars(length(max = 255))]
    subject: Edit<String>,
    /// The text, as a whole.
    body: Option<String>,
    /// Whether the text is HTML (the default) or plain.
    body_type: BodyType,
}

impl DraftEdits {
    /// As Graph takes it.
    ///
    /// # Errors
    /// `bug` only.
    pub fn fields(self) -> Result<Fields> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            #[serde(skip_serializing_if = "Edit::is_keep")]
            subject: Edit<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            body: Option<ItemBody>,
            #[serde(skip_serializing_if = "Edit::is_keep")]
            to_recipients: Edit<Vec<Recipient>>,
            #[serde(skip_serializing_if = "Edit::is_keep")]
            cc_recipients: Edit<Vec<Recipient>>,
            #[serde(skip_serializing_if = "Edit::is_keep")]
            bcc_recipients: Edit<Vec<Recipient>>,
        }
        Fields::of(&Body {
            subject: self.subject,
            body: self.body.map(|content| ItemBody { content_type: self.body_type, content }),
            to_recipients: none_for_null(self.to),
            cc_recipients: none_for_null(self.cc),
            bcc_recipients: none_for_null(self.bcc),
        })
    }
}

// Graph clears a list by an empty one.
fn none_for_null(addresses: Edit<Vec<Address>>) -> Edit<Vec<Recipient>> {
    match addresses {
        Edit::Keep => Edit::Keep,
        Edit::Clear => Edit::Set(Vec::new()),
        Edit::Set(addresses) => Edit::Set(recipients(addresses)),
    }
}

/// What else can change on drafts. Used with `#[serde(flatten)]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MessagePatch {
    /// Where replies go, in place of the present addresses.
    #[schemars(length(max = 100))]
    reply_to: Edit<Vec<Address>>,
    /// How important it is.
    importance: Option<Importance>,
    /// Send as this address, or on its behalf.
    from: Option<Address>,
    /// Request a read receipt.
    request_read_receipt: Option<bool>,
    /// Request a delivery receipt.
    request_delivery_receipt: Option<bool>,
    /// The names of its categories, in place of the present ones.
    #[schemars(length(max = 25))]
    categories: Edit<Vec<String>>,
}

impl MessagePatch {
    /// As Graph takes it.
    ///
    /// # Errors
    /// `bug` only.
    pub fn fields(self) -> Result<Fields> {
        Fields::default()
            .with("importance", self.importance.map(|importance| json!(importance)))
            .with("from", self.from.map(|from| json!(Recipient::from(from))))
            .with("isReadReceiptRequested", self.request_read_receipt)
            .with("isDeliveryReceiptRequested", self.request_delivery_receipt)
            .edit("replyTo", none_for_null(self.reply_to))?
            .edit("categories", or_empty(self.categories))
    }
}

fn or_empty(names: Edit<Vec<String>>) -> Edit<Vec<String>> {
    match names {
        Edit::Clear => Edit::Set(Vec::new()),
        other => other,
    }
}

/// What can change on any message. Used with `#[serde(flatten)]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EmailEdits {
    /// Whether it is read.
    is_read: Option<bool>,
    /// Its flag.
    flag: Option<Flag>,
    /// The names of its categories, in place of the present ones.
    #[schemars(length(max = 25))]
    categories: Edit<Vec<String>>,
    /// How important it is.
    importance: Option<Importance>,
    /// In which part of the inbox it is shown.
    inference_classification: Option<InferenceClassification>,
}

impl EmailEdits {
    /// As Graph takes it. `zone` belongs to local times.
    ///
    /// # Errors
    /// `invalid_input` for times that are none.
    pub fn fields(self, zone: Option<&Zone>) -> Result<Fields> {
        let flag = self.flag.map(|flag| flag.content.written(zone, "flag/")).transpose()?;
        Fields::default()
            .with("isRead", self.is_read)
            .with("flag", flag.map(|flag| json!(flag)))
            .with("importance", self.importance.map(|importance| json!(importance)))
            .with("inferenceClassification", self.inference_classification.map(|part| json!(part)))
            .edit("categories", or_empty(self.categories))
    }
}
