//! Which messages a trigger is about.

use connector_sdk::Json;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::vocabulary::{Address, Importance, Recipient};

/// Which messages. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailFilter {
    /// Only messages from this address.
    from: Option<Address>,
    /// Only messages whose subject contains this text, in letters of either case.
    subject_contains: Option<String>,
    /// Only messages with attachments, or only messages without.
    has_attachments: Option<bool>,
    /// Only messages of this importance.
    importance: Option<Importance>,
    /// Only messages with this category.
    category: Option<String>,
}

/// What triggers look at in a message.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// The id.
    pub id: String,
    /// The version.
    pub change_key: Option<String>,
    /// When it arrived.
    pub received_date_time: Option<Timestamp>,
    /// When it was last changed.
    pub last_modified_date_time: Option<Timestamp>,
    /// Whether it has attachments.
    pub has_attachments: Option<bool>,
    from: Option<Recipient>,
    subject: Option<String>,
    importance: Option<Importance>,
    #[serde(default)]
    categories: Vec<String>,
}

impl Seen {
    /// Reads what is looked at, if the item is a message.
    pub fn read(item: &Json) -> Option<Seen> {
        item.read().ok()
    }

    /// Its identity as it is now: another one after every change.
    pub fn version(&self) -> String {
        let changed = self.last_modified_date_time.map(|moment| moment.to_string());
        format!("{} {}", self.id, self.change_key.clone().or(changed).unwrap_or_default())
    }
}

impl MailFilter {
    /// Whether a message is wanted.
    pub fn wants(&self, message: &Seen) -> bool {
        let sender = message.from.as_ref().and_then(|from| from.email_address.address.as_deref());
        let contains = |text: &str| message.subject.as_deref().is_some_and(|subject| subject.to_lowercase().contains(&text.to_lowercase()));
        self.from.as_ref().is_none_or(|from| sender.is_some_and(|sender| sender.eq_ignore_ascii_case(&from.0)))
            && self.subject_contains.as_deref().is_none_or(contains)
            && self.has_attachments.is_none_or(|wanted| message.has_attachments == Some(wanted))
            && self.importance.is_none_or(|wanted| message.importance == Some(wanted))
            && self.category.as_ref().is_none_or(|wanted| message.categories.contains(wanted))
    }
}
