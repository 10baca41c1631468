//! Which messages a trigger is about.

use connector_sdk::{Json, Properties};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::vocabulary::{Importance, KnownAddress};

/// Which messages. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailFilter {
    /// Only messages from this address.
    from: Option<KnownAddress>,
    /// Only messages whose subject contains this text, ignoring case.
    subject_contains: Option<String>,
    /// Only messages with attachments in their list, or only messages without. Inline attachments do not count.
    has_attachments: Option<bool>,
    /// Only messages of this importance.
    importance: Option<Importance>,
    /// Only messages with this category, ignoring case.
    category: Option<String>,
}

/// What triggers look at in a message.
#[derive(Debug, Clone)]
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
    content: String,
    from: Option<Value>,
    subject: Option<String>,
    importance: Option<String>,
    categories: Vec<Value>,
    // What was not sent, also when it was read whole.
    unsent: Vec<&'static str>,
}

/// The properties by which a filter judges.
const JUDGED: [&str; 5] = ["from", "subject", "hasAttachments", "importance", "categories"];

impl Seen {
    /// Reads what is looked at, each for itself: what is not there, or is something else, is missing, and the message
    /// stays one.
    pub fn read(item: &Json) -> Seen {
        let item = Properties::of(item);
        Seen {
            id: item.identity(),
            change_key: item.text("changeKey"),
            received_date_time: item.time("receivedDateTime"),
            last_modified_date_time: item.time("lastModifiedDateTime"),
            has_attachments: item.flag("hasAttachments"),
            content: item.content(),
            from: item.get("from"),
            subject: item.text("subject"),
            importance: item.text("importance"),
            categories: item.get("categories").unwrap_or_default(),
            unsent: JUDGED.into_iter().filter(|name| !item.is_sent(name)).collect(),
        }
    }

    /// Its identity as it is now: another one after every change.
    pub fn version(&self) -> String {
        let changed = self.last_modified_date_time.map(|moment| moment.to_string());
        format!("{} {}", self.id, self.change_key.as_ref().or(changed.as_ref()).unwrap_or(&self.content))
    }
}

/// Whether an item of a page of changes lacks one of these properties, so that it has to be read whole.
pub fn is_fragment(item: &Properties<'_>, needed: &[&str]) -> bool {
    needed.iter().any(|name| !item.is_sent(name))
}

impl MailFilter {
    /// The properties by which it judges.
    pub fn needs(&self) -> Vec<&'static str> {
        let needed = [
            ("from", self.from.is_some()),
            ("subject", self.subject_contains.is_some()),
            ("hasAttachments", self.has_attachments.is_some()),
            ("importance", self.importance.is_some()),
            ("categories", self.category.is_some()),
        ];
        needed.into_iter().filter(|(_, needed)| *needed).map(|(name, _)| name).collect()
    }

    /// Whether a message is wanted. What was not sent of it is not known, and holds nothing back.
    pub fn wants(&self, message: &Seen) -> bool {
        let sender = message.from.as_ref().and_then(|from| from["emailAddress"]["address"].as_str());
        let contains = |text: &str| {
            message.subject.as_deref().is_some_and(|subject| subject.to_lowercase().contains(&text.to_lowercase()))
        };
        let is_in = |category: &str| {
            let names = message.categories.iter().filter_map(Value::as_str);
            names.map(str::to_lowercase).any(|name| name == category.to_lowercase())
        };
        let passes = |name: &str, fits: bool| fits || message.unsent.contains(&name);
        passes("from", self.from.as_ref().is_none_or(|from| sender.is_some_and(|sender| from.is(sender))))
            && passes("subject", self.subject_contains.as_deref().is_none_or(contains))
            && passes(
                "hasAttachments",
                self.has_attachments.is_none_or(|wanted| message.has_attachments == Some(wanted)),
            )
            && passes(
                "importance",
                self.importance.is_none_or(|wanted| {
                    message.importance.as_deref().is_some_and(|is| is.eq_ignore_ascii_case(wanted.name()))
                }),
            )
            && passes("categories", self.category.as_deref().is_none_or(is_in))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_sent_holds_nothing_back() {
        let filter: MailFilter = serde_json::from_value(serde_json::json!({
            "from": "a@x.com", "subjectContains": "Report", "hasAttachments": true, "importance": "high", "category": "red"
        }))
        .unwrap();
        let wants = |text: &str| filter.wants(&Seen::read(&Json::parse(text.to_owned()).unwrap()));
        assert!(wants(r#"{"id":"a"}"#));
        for odd in [
            r#""from":null"#,
            r#""subject":null"#,
            r#""hasAttachments":null"#,
            r#""importance":"low""#,
            r#""categories":[]"#,
        ] {
            assert!(!wants(&format!(r#"{{"id":"a",{odd}}}"#)), "{odd}");
        }
        assert!(wants(r#"{"id":"a","categories":["Blue","RED"]}"#), "categories are the same in either case");
    }
}
