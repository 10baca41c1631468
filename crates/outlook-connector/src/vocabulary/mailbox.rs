//! Whose data it is, and with which ids.

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Error, Result, Root, Subject};
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

    /// Returns what Graph notifies of below the mailbox, such as `messages`.
    ///
    /// # Errors
    /// `invalid_input` when an app is signed in and no mailbox is known, and for a mailbox of somebody else than the
    /// signed-in user: Graph notifies an app alone of it.
    pub fn notifications(&self, cx: &Context, below: &str, changes: &[ChangeType]) -> Result<NotificationResource> {
        let named = self.mailbox.as_ref().map(|mailbox| mailbox.0.as_str());
        let is_own = |names: &[String], user: &str| names.iter().any(|name| name.eq_ignore_ascii_case(user));
        let owner = match (&*cx.who, named) {
            (Subject::User { names }, Some(user)) if !is_own(names, user) => {
                return Err(Error::invalid("/mailbox", "is another user's, of which Graph notifies an app alone")
                    .with_hint("Watch it by polling, or with a connection on which an app is signed in."));
            }
            (Subject::User { .. }, _) => "me".to_owned(),
            (Subject::App { .. }, Some(user)) => format!("users/{user}"),
            (Subject::App { user: Some(user) }, None) => format!("users/{user}"),
            // The root says what is missing.
            _ => self.root(cx).map(|_| String::new())?,
        };
        Ok(NotificationResource::new(format!("{owner}/{below}"), changes))
    }
}
