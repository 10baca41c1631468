//! `search_emails`

use connector_sdk::{Action, Context, Effect, Json, List, Pages, Plan, Result, Select, Spec, Zone};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::kql::Kql;
use crate::permissions::MAIL_READ;
use crate::vocabulary::{CategoryName, FolderId, Importance, MESSAGE_FIELDS, Mailbox, Message, Moment};

/// How many messages a page holds when nothing is said.
const PAGE: u32 = 100;

/// What is compared after the answer: what a search by words cannot say.
const COMPARED: [&str; 5] = ["isRead", "categories", "receivedDateTime", "importance", "hasAttachments"];

/// Search messages by words, people, dates and more; a message must meet all criteria. A search by words uses Outlook's
/// index, finds at most 1,000 messages and orders them by date; without words, all messages are filtered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "subject": "launch", "receivedAfter": "2020-01-01", "timeZone": "Europe/Berlin", "limit": 5 }),
    json!({ "isRead": false, "hasAttachments": true, "folderId": "inbox", "limit": 5 })
]))]
pub struct SearchEmails {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder; the default is all of them.
    folder_id: Option<FolderId>,
    /// A search in the [Keyword Query Language](https://learn.microsoft.com/en-us/graph/search-query-parameter), such
    /// as `from:megan AND budget`. It is used as it is.
    #[schemars(length(min = 1, max = 1000))]
    search: Option<String>,
    /// Words in the name or address of the sender.
    #[schemars(length(min = 1, max = 320))]
    from: Option<String>,
    /// Words in the names or addresses of the primary recipients.
    #[schemars(length(min = 1, max = 320))]
    to: Option<String>,
    /// Words in the names or addresses of those who got a copy.
    #[schemars(length(min = 1, max = 320))]
    cc: Option<String>,
    /// Words in the subject.
    #[schemars(length(min = 1, max = 255))]
    subject: Option<String>,
    /// Words in the text.
    #[schemars(length(min = 1, max = 255))]
    body_contains: Option<String>,
    /// Only messages with attachments, or only messages without.
    has_attachments: Option<bool>,
    /// Only messages that were read, or only those that were not.
    is_read: Option<bool>,
    /// Only messages of this importance.
    importance: Option<Importance>,
    /// Only messages with this category.
    category: Option<CategoryName>,
    /// Only messages that arrived at this time or later.
    received_after: Option<Moment>,
    /// Only messages that arrived before this time.
    received_before: Option<Moment>,
    /// The time zone of local times and days, by Windows or IANA name.
    time_zone: Option<Zone>,
    /// Which properties. Those that were compared come too.
    #[serde(flatten)]
    select: Select,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for SearchEmails {
    type Output = List<Message>;
    const SPEC: Spec = Spec::new("search_emails", "Search emails", Effect::Read).scopes(MAIL_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Message>>> {
        let zone = self.time_zone.as_ref();
        let moment = |moment: &Option<Moment>, property| {
            moment.as_ref().map(|moment| moment.instant(zone, property)).transpose()
        };
        let wanted = Wanted {
            after: moment(&self.received_after, "receivedAfter")?,
            before: moment(&self.received_before, "receivedBefore")?,
            is_read: self.is_read,
            has_attachments: self.has_attachments,
            importance: self.importance,
            category: self.category.map(|category| category.0),
        };
        let words = Kql::new(self.search.as_deref())
            .words("from", self.from.as_deref())
            .words("to", self.to.as_deref())
            .words("cc", self.cc.as_deref())
            .words("subject", self.subject.as_deref())
            .words("body", self.body_contains.as_deref());
        let root = self.mailbox.root(cx)?;
        let list = match self.folder_id {
            Some(folder) => root.get("/mailFolders/{folder}/messages").exchange_id("folder", folder.0),
            None => root.get("/messages"),
        };
        let few = self.pages.page_size(PAGE);
        let paging = self.pages.paging()?;
        let mut select = self.select;
        if words.is_empty() {
            let list = list
                .query("$top", few)
                .query_opt("$select", select.names(MESSAGE_FIELDS))
                .query("$filter", wanted.filter());
            return Ok(list.query("$orderby", "receivedDateTime desc").pages(paging));
        }
        if select.select.is_some() {
            select.additional_fields.get_or_insert_default().extend(COMPARED.map(str::to_owned));
        }
        // What is compared here may leave few of a page, so pages are full.
        let list = list
            .query("$top", PAGE)
            .query_opt("$select", select.names(MESSAGE_FIELDS))
            .query("$search", wanted.narrow(words).quoted());
        Ok(list.pages_where(paging, move |item| wanted.is_met(item)))
    }
}

struct Wanted {
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    is_read: Option<bool>,
    has_attachments: Option<bool>,
    importance: Option<Importance>,
    category: Option<String>,
}

impl Wanted {
    // A filter that begins with the property that the list is ordered by, as Graph asks.
    fn filter(&self) -> String {
        let mut all = vec![format!("receivedDateTime ge {}", self.after.unwrap_or(Timestamp::UNIX_EPOCH))];
        all.extend(self.before.map(|before| format!("receivedDateTime lt {before}")));
        all.extend(self.is_read.map(|value| format!("isRead eq {value}")));
        all.extend(self.has_attachments.map(|value| format!("hasAttachments eq {value}")));
        all.extend(self.importance.map(|value| format!("importance eq '{}'", value.name())));
        all.extend(
            self.category.as_ref().map(|name| format!("categories/any(c:c eq {})", connector_sdk::odata::string(name))),
        );
        all.join(" and ")
    }

    // What the index can narrow. Its days are those of the mailbox's zone, so a day more on each side is
    // searched, and the times are compared afterwards.
    fn narrow(&self, words: Kql) -> Kql {
        let day = SignedDuration::from_hours(24);
        let date = |moment: Timestamp| moment.strftime("%Y-%m-%d").to_string();
        words
            .range("received>=", self.after.map(|after| date(after.saturating_sub(day).unwrap_or(after))).as_deref())
            .range(
                "received<=",
                self.before.map(|before| date(before.saturating_add(day).unwrap_or(before))).as_deref(),
            )
            .range("hasAttachments:", self.has_attachments.map(|value| value.to_string()).as_deref())
            .range("importance:", self.importance.map(|value| value.name().to_owned()).as_deref())
    }

    fn is_met(&self, item: &Json) -> bool {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Item {
            received_date_time: Option<Timestamp>,
            is_read: Option<bool>,
            has_attachments: Option<bool>,
            importance: Option<Importance>,
            #[serde(default)]
            categories: Vec<String>,
        }
        let Ok(item) = item.read::<Item>() else { return false };
        self.after.is_none_or(|after| item.received_date_time.is_some_and(|at| at >= after))
            && self.before.is_none_or(|before| item.received_date_time.is_some_and(|at| at < before))
            && self.is_read.is_none_or(|wanted| item.is_read == Some(wanted))
            && self.has_attachments.is_none_or(|wanted| item.has_attachments == Some(wanted))
            && self.importance.is_none_or(|wanted| item.importance == Some(wanted))
            && self
                .category
                .as_ref()
                .is_none_or(|wanted| item.categories.iter().any(|name| name.eq_ignore_ascii_case(wanted)))
    }
}
