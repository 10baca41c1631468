//! Sending once: a draft that carries the caller's idempotency key, and is then sent.
//!
//! `sendMail` leaves nothing by which a second try could find the first. A draft does: it keeps an
//! [extended property][1] of ours, also as the copy in Sent Items. Whoever comes with the same key finds
//! it: sent already, or complete and still to be sent.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/api/resources/extended-properties-overview

use connector_sdk::{Code, Error, Json, Plan, Result, Root, ScopeCase, Scopes, odata};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::permissions::MAIL_WRITE;

/// The name of our property. The GUID is ours alone; the name says what it holds.
const PROPERTY: &str = "String {1f3c7c52-9d0b-4d6c-8c3e-6f1a52a0c9e4} Name IdempotencyKey";

/// What a draft needs so that it can be found again and sent.
pub const NEEDS: Scopes = MAIL_WRITE;

/// When sending takes that.
pub const DRAFT_CASES: &[ScopeCase] = &[ScopeCase::besides(
    "a draft is saved first, for attachments, for more recipients of a reply, or for an idempotency key",
    NEEDS,
)];

/// A named property that Outlook does not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExtendedProperty {
    id: &'static str,
    value: String,
}

impl ExtendedProperty {
    /// The property that holds an idempotency key.
    pub fn key(key: &str) -> ExtendedProperty {
        ExtendedProperty { id: PROPERTY, value: key.to_owned() }
    }
}

/// The outcome of sending the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Graph took the message over for delivery.
    pub sent: bool,
    /// The immutable id of the copy in Sent Items, where the message was saved as a draft first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The id by which mail servers know it, where the message was saved as a draft first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internet_message_id: Option<String>,
}

impl Sent {
    /// It was sent, and Graph told no more.
    pub fn untold() -> Sent {
        Sent { sent: true, message_id: None, internet_message_id: None }
    }
}

/// A draft, as far as it is needed to send it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// The id.
    pub id: String,
    /// The id by which mail servers know it.
    pub internet_message_id: Option<String>,
    /// Whether it is one still, where Graph tells.
    pub is_draft: Option<bool>,
}

impl Draft {
    fn sent(self) -> Sent {
        Sent { sent: true, message_id: Some(self.id), internet_message_id: self.internet_message_id }
    }
}

/// Sends what `make` makes: a complete draft. With a key, only if no earlier try with that key has sent
/// it, and a draft that an earlier try left complete is sent instead of a new one.
///
/// `make` is given the property that its draft must carry by the time it is complete.
pub fn send(
    root: Root,
    key: Option<String>,
    make: impl FnOnce(Option<ExtendedProperty>) -> Plan<Draft> + Send + 'static,
) -> Plan<Sent> {
    let Some(key) = key else {
        return make(None).and_then(move |draft| submit(&root, draft));
    };
    find(&root, &key).and_then(move |found| match found {
        Some(message) if message.is_draft == Some(false) => Plan::done(message.sent()),
        Some(draft) => {
            let again = root.clone();
            submit(&root, draft).or_else(move |error| match error.code() {
                // It left between our look and our request, so it is no longer where drafts are.
                Code::NotFound => find(&again, &key).and_then(|found| match found {
                    Some(message) if message.is_draft == Some(false) => Plan::done(message.sent()),
                    _ => Plan::fail(error),
                }),
                _ => Plan::fail(error),
            })
        }
        None => make(Some(ExtendedProperty::key(&key))).and_then(move |draft| submit(&root, draft)),
    })
}

/// Sends a draft.
pub fn submit(root: &Root, draft: Draft) -> Plan<Sent> {
    root.post("/messages/{message}/send")
        .exchange_id("message", draft.id.as_str())
        .accepted()
        .map(move |_| draft.sent())
}

fn find(root: &Root, key: &str) -> Plan<Option<Draft>> {
    let with_key = format!(
        "singleValueExtendedProperties/any(ep: ep/id eq {} and ep/value eq {})",
        odata::string(PROPERTY),
        odata::string(key)
    );
    let look = root
        .get("/messages")
        .query("$filter", with_key)
        .query("$select", "id,internetMessageId,isDraft")
        .query("$top", 2);
    look.require(NEEDS).all_items().try_map(one)
}

fn one(found: Vec<Json>) -> Result<Option<Draft>> {
    let unknown = |why: &str| {
        Error::new(Code::OutcomeUnknown, why.to_owned())
            .with_hint("Check Drafts and Sent Items, and use a new key for new work.")
    };
    match found.as_slice() {
        [] => Ok(None),
        // Whether it was sent must be certain: what is guessed wrongly is sent twice, or not at all.
        [message] => match message.read_what_fits::<Draft>() {
            Some(draft) if draft.is_draft.is_some() => Ok(Some(draft)),
            _ => Err(unknown("a message has this idempotency key, and Graph does not return whether it was sent")),
        },
        _ => Err(unknown("several messages carry this idempotency key")),
    }
}
