//! Rules of the inbox.

use connector_sdk::{Error, Plan, Result, Root};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::mail::folders;

use super::{Address, FolderId, Importance, Recipient};

/// A rule, as Graph returns it; see [the messageRule resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/messagerule
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "messageRule"))]
pub struct MessageRule {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// Its place among the rules.
    pub sequence: Option<i32>,
    /// Whether it is applied.
    pub is_enabled: Option<bool>,
    /// Whether the rule has an error, such as a folder that no longer exists.
    pub has_error: Option<bool>,
    /// Whether it cannot be changed here.
    pub is_read_only: Option<bool>,
    /// Conditions that a message must meet.
    pub conditions: Option<Map<String, Value>>,
    /// Actions on matching messages.
    pub actions: Option<Map<String, Value>>,
    /// Exceptions: the rule is not applied to messages that match them.
    pub exceptions: Option<Map<String, Value>>,
}

/// What a message must meet; see [messageRulePredicates][1]. All that is given must be met; of a list, one is enough.
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/messagerulepredicates
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(inline)]
pub struct RuleConditions {
    /// Texts, one of which is in the body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    body_contains: Vec<String>,
    /// Texts, one of which is in the body or the subject.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    body_or_subject_contains: Vec<String>,
    /// Texts, one of which is in the subject.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subject_contains: Vec<String>,
    /// Texts, one of which is in a header.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    header_contains: Vec<String>,
    /// Texts, one of which is in the name or address of the sender.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sender_contains: Vec<String>,
    /// Texts, one of which is in the name or address of a recipient.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recipient_contains: Vec<String>,
    /// Addresses, one of which has sent it.
    #[serde(skip_serializing)]
    from_addresses: Vec<Address>,
    /// Addresses, one of which it was sent to.
    #[serde(skip_serializing)]
    sent_to_addresses: Vec<Address>,
    /// Categories, one of which it has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<String>,
    /// Whether it has attachments.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_attachments: Option<bool>,
    /// Its importance.
    #[serde(skip_serializing_if = "Option::is_none")]
    importance: Option<Importance>,
    /// Its sensitivity.
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitivity: Option<Sensitivity>,
    /// What it asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    message_action_flag: Option<ActionFlag>,
    /// The owner of the mailbox is among the recipients of copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_cc_me: Option<bool>,
    /// The owner of the mailbox is the only recipient.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_only_to_me: Option<bool>,
    /// The owner of the mailbox is among the primary recipients.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_to_me: Option<bool>,
    /// The owner of the mailbox is among the recipients.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_to_or_cc_me: Option<bool>,
    /// The owner of the mailbox is not among the recipients.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_sent_to_me: Option<bool>,
    /// It asks for an approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_approval_request: Option<bool>,
    /// It was forwarded automatically.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_automatic_forward: Option<bool>,
    /// It is an automatic reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_automatic_reply: Option<bool>,
    /// It is encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_encrypted: Option<bool>,
    /// It is an invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_meeting_request: Option<bool>,
    /// It answers an invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_meeting_response: Option<bool>,
    /// It says that a message was not delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_non_delivery_report: Option<bool>,
    /// It is protected by rights.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_permission_controlled: Option<bool>,
    /// It is a read receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_read_receipt: Option<bool>,
    /// It is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_signed: Option<bool>,
    /// It is a voice mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_voicemail: Option<bool>,
    /// Its size, in kilobytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    within_size_range: Option<SizeRange>,
}

/// What is done with a message; see [messageRuleActions][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/messageruleactions
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(inline, extend("minProperties" = 1))]
pub struct RuleActions {
    /// Give it these categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assign_categories: Vec<String>,
    /// Copy it to this folder. Resolving a well-known name needs a permission to read folders, such as
    /// `Mail.ReadBasic`.
    #[serde(skip_serializing)]
    copy_to_folder: Option<FolderId>,
    /// Move it to this folder. Resolving a well-known name needs a permission to read folders, such as
    /// `Mail.ReadBasic`.
    #[serde(skip_serializing)]
    move_to_folder: Option<FolderId>,
    /// Move it to Deleted Items.
    #[serde(skip_serializing_if = "Option::is_none")]
    delete: Option<bool>,
    /// Delete it for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    permanent_delete: Option<bool>,
    /// Forward it to these addresses.
    #[serde(skip_serializing)]
    forward_to: Vec<Address>,
    /// Forward it as an attachment to these addresses.
    #[serde(skip_serializing)]
    forward_as_attachment_to: Vec<Address>,
    /// Send it on to these addresses as it is.
    #[serde(skip_serializing)]
    redirect_to: Vec<Address>,
    /// Mark it as read.
    #[serde(skip_serializing_if = "Option::is_none")]
    mark_as_read: Option<bool>,
    /// Give it this importance.
    #[serde(skip_serializing_if = "Option::is_none")]
    mark_importance: Option<Importance>,
    /// Apply no rule after this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_processing_rules: Option<bool>,
}

/// Bounds of a size.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub struct SizeRange {
    /// Minimum size in kilobytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    minimum_size: Option<i32>,
    /// Maximum size in kilobytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    maximum_size: Option<i32>,
}

/// How private something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Sensitivity {
    /// Normal.
    Normal,
    /// Personal.
    Personal,
    /// Private.
    Private,
    /// Confidential.
    Confidential,
}

/// What a message asks for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum ActionFlag {
    /// Anything.
    Any,
    /// A call.
    Call,
    /// Not to be forwarded.
    DoNotForward,
    /// Follow-up.
    FollowUp,
    /// Nothing: it is for information.
    Fyi,
    /// To be forwarded.
    Forward,
    /// No response.
    NoResponseNecessary,
    /// To be read.
    Read,
    /// A reply.
    Reply,
    /// A reply to all.
    ReplyToAll,
    /// A review.
    Review,
}

impl RuleConditions {
    /// Whether they say nothing.
    pub fn is_empty(&self) -> bool {
        let plain = json!(self).as_object().is_some_and(Map::is_empty);
        plain && self.from_addresses.is_empty() && self.sent_to_addresses.is_empty()
    }

    /// As Graph takes it.
    ///
    /// # Errors
    /// `bug` only.
    pub fn written(self) -> Result<Value> {
        let mut written = print(&self)?;
        put(&mut written, "fromAddresses", self.from_addresses);
        put(&mut written, "sentToAddresses", self.sent_to_addresses);
        Ok(written)
    }
}

/// Whether the input of a rule for messages sends messages on to somebody.
pub fn sends_on(input: &Value) -> bool {
    let actions = input.get("actions");
    ["forwardTo", "forwardAsAttachmentTo", "redirectTo"].into_iter().any(|name| {
        let addresses = actions.and_then(|actions| actions.get(name)).filter(|value| !value.is_null());
        addresses.is_some_and(|all| all.as_array().is_none_or(|all| !all.is_empty()))
    })
}

impl RuleActions {
    /// As Graph takes it, when the folders that are given by well-known names have been looked up.
    ///
    /// # Errors
    /// `invalid_input` when nothing is done, else `bug`.
    pub fn written(self, root: &Root) -> Result<Plan<Value>> {
        let mut written = print(&self)?;
        put(&mut written, "forwardTo", self.forward_to);
        put(&mut written, "forwardAsAttachmentTo", self.forward_as_attachment_to);
        put(&mut written, "redirectTo", self.redirect_to);
        let targets = [("copyToFolder", self.copy_to_folder), ("moveToFolder", self.move_to_folder)];
        let (names, targets): (Vec<&str>, Vec<FolderId>) =
            targets.into_iter().filter_map(|(name, folder)| Some((name, folder?))).unzip();
        if names.is_empty() && written.as_object().is_none_or(Map::is_empty) {
            return Err(Error::invalid("/actions", "there is nothing to do: give at least one action"));
        }
        Ok(folders::ids(root, targets).map(move |ids| {
            for (name, id) in names.into_iter().zip(ids) {
                written[name] = json!(id);
            }
            written
        }))
    }
}

fn print(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::bug("a rule could not be written as JSON").caused_by(error))
}

fn put(written: &mut Value, name: &str, addresses: Vec<Address>) {
    if !addresses.is_empty() {
        written[name] = json!(addresses.into_iter().map(Recipient::from).collect::<Vec<_>>());
    }
}
