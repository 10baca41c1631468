//! `new_email`

use connector_sdk::{Context, DeltaPage, Effect, Event, Json, Link, Plan, Poll, Raw, Request, Result, Spec, Trigger};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::vocabulary::{Address, FolderId, Importance, Mailbox, Message, Recipient};

/// How far before the newest message a lost cursor starts again. Mail is indexed late at times; what is read twice has the same id and is dropped.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// Watch a folder for new messages. It follows the folder's changes, not the clock, so that no message is lost between two looks; and a message fires once, however often it is seen.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "inbox", "subjectContains": "invoice" })]))]
pub struct NewEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder; the default is the inbox.
    folder_id: Option<FolderId>,
    /// Only messages that arrived at this time or later, as RFC 3339. The default is the time at which the trigger starts.
    #[schemars(extend("format" = "date-time"))]
    since: Option<String>,
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

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    link: Link,
    // Where it all began: nothing from before fires, whatever happens to the link.
    since: Timestamp,
    // The newest arrival seen, from which to start again if the link is no longer known.
    newest: Timestamp,
}

impl Trigger for NewEmail {
    type Event = Message;
    type Cursor = Cursor;
    const SPEC: Spec = Spec::new("new_email", "New email", Effect::Read)
        .delegated(&["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"])
        .shared(&["Mail.Read.Shared", "Mail.ReadWrite.Shared"])
        .application(&["Mail.ReadBasic.All", "Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"]);

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<Message, Cursor>>> {
        let since = match &self.since {
            Some(text) => text
                .parse()
                .map_err(|_| connector_sdk::Error::invalid("/since", "this is not a time with a zone; write it as 2026-01-31T08:00:00Z"))?,
            None => cx.now,
        };
        let request = self
            .mailbox
            .root(cx)?
            .get("/mailFolders/{folder}/messages/delta")
            .item("folder", self.folder_id.clone().unwrap_or_default().0)
            .prefer("odata.maxpagesize=100");
        let Some(cursor) = cursor else {
            return Ok(start(&request, since).delta_page().map(move |page| self.found(page, since, since)));
        };
        let Cursor { link, since, newest } = cursor;
        let again = start(&request, newest.saturating_sub(OVERLAP).unwrap_or(since).max(since));
        let page =
            request.at(link).delta_page().or_else(move |error| if error.is_resync() { again.delta_page() } else { Plan::Fail(error) });
        Ok(page.map(move |page| self.found(page, since, newest)))
    }
}

// Graph keeps both options in the links that it returns.
fn start(request: &Request, since: Timestamp) -> Request {
    request.clone().query("changeType", "created").query("$filter", format!("receivedDateTime ge {since:.0}"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arrived {
    id: String,
    received_date_time: Option<Timestamp>,
    from: Option<Recipient>,
    subject: Option<String>,
    has_attachments: Option<bool>,
    importance: Option<Importance>,
    #[serde(default)]
    categories: Vec<String>,
}

impl NewEmail {
    fn found(&self, page: DeltaPage, since: Timestamp, mut newest: Timestamp) -> Poll<Message, Cursor> {
        let mut events = Vec::with_capacity(page.items.len());
        for item in page.items {
            let Ok(message) = item.read::<Arrived>() else { continue };
            newest = newest.max(message.received_date_time.unwrap_or(newest));
            if self.wants(&message) {
                events.push(event(message.id, item));
            }
        }
        Poll { events, cursor: Cursor { link: page.link, since, newest }, more: page.more }
    }

    fn wants(&self, message: &Arrived) -> bool {
        let sender = message.from.as_ref().and_then(|from| from.email_address.address.as_deref());
        let contains = |text: &str| message.subject.as_deref().is_some_and(|subject| subject.to_lowercase().contains(&text.to_lowercase()));
        self.from.as_ref().is_none_or(|from| sender.is_some_and(|sender| sender.eq_ignore_ascii_case(&from.0)))
            && self.subject_contains.as_deref().is_none_or(contains)
            && self.has_attachments.is_none_or(|wanted| message.has_attachments == Some(wanted))
            && self.importance.is_none_or(|wanted| message.importance == Some(wanted))
            && self.category.as_ref().is_none_or(|wanted| message.categories.contains(wanted))
    }
}

fn event(id: String, item: Json) -> Event<Message> {
    Event { id, data: Raw::new(item) }
}
