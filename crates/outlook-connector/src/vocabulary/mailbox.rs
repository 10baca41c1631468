//! Whose data it is, and with which ids.

use connector_sdk::{Context, Result, Root};
use schemars::JsonSchema;
use serde::Deserialize;

/// A mailbox: the user principal name or object id of its owner. Without it, the signed-in user's own, or the default
/// user of an app's connection.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 320))]
pub struct MailboxId(pub String);

/// Ids that stay the same when an item moves; see [immutable identifiers][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/outlook-immutable-id
pub const IMMUTABLE_IDS: &str = r#"IdType="ImmutableId""#;

/// Whose data it is, and with which ids: stands in everything that Outlook does. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mailbox {
    /// Whose mailbox, by user principal name or object id; the default is the signed-in user's, or the default user's
    /// of an app's connection.
    pub mailbox: Option<MailboxId>,
    /// Use immutable ids, which stay the same when an item moves between folders; the default is true. Immutable and
    /// ordinary ids differ: `translate_exchange_ids` translates them.
    pub immutable_ids: Option<bool>,
}

impl Mailbox {
    /// The root of the mailbox's data.
    ///
    /// # Errors
    /// `invalid_input` when an app is signed in and no mailbox is known.
    pub fn root(&self, cx: &Context) -> Result<Root> {
        let root = cx.person(self.mailbox.as_ref().map(|mailbox| mailbox.0.as_str()), "mailbox")?;
        Ok(if self.immutable_ids == Some(false) { root } else { root.prefer(IMMUTABLE_IDS) })
    }
}
