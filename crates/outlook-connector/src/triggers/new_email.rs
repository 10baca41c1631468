//! `new_email`

use connector_sdk::{Context, DeltaPage, Effect, Event, Json, Link, Plan, Poll, Raw, Request, Result, Spec, Trigger};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::follow::Beginning;
use crate::mail_filter::{MailFilter, Seen};
use crate::vocabulary::{FolderId, Mailbox, Message};

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
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
    /// Which messages.
    #[serde(flatten)]
    filter: MailFilter,
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
        let since = self.beginning.moment(cx.now)?;
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

impl NewEmail {
    fn found(&self, page: DeltaPage, since: Timestamp, mut newest: Timestamp) -> Poll<Message, Cursor> {
        let mut events = Vec::with_capacity(page.items.len());
        for item in page.items {
            let Some(message) = Seen::read(&item) else { continue };
            newest = newest.max(message.received_date_time.unwrap_or(newest));
            if self.filter.wants(&message) {
                events.push(event(message.id, item));
            }
        }
        Poll { events, cursor: Cursor { link: page.link, since, newest }, more: page.more }
    }
}

fn event(id: String, item: Json) -> Event<Message> {
    Event { id, data: Raw::new(item) }
}
