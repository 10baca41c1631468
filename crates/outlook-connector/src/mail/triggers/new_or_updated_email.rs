//! `new_or_updated_email`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Event, Plan, Poll, Request, Result, Spec, Trigger, Whole};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::fingerprints::Known;
use crate::follow_folders::{self, Folders, Look};
use crate::mail::complete;
use crate::mail::mail_filter::{MailFilter, Seen};
use crate::permissions::MAIL_SEE;
use crate::vocabulary::{Mailbox, Message};
use connector_sdk::watch::{Beginning, Since};

/// Watch a folder for messages that are new or have changed. A message fires once for each of its versions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "inbox" }), json!({ "watchFields": ["isRead", "flag"] })]))]
pub struct NewOrUpdatedEmail {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// Which folders.
    #[serde(flatten)]
    folders: Folders,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
    /// Which messages.
    #[serde(flatten)]
    filter: MailFilter,
    /// Report the attachments of each message too, as `attachments`, including those that are shown inside the text;
    /// `download_attachment` gets their contents. It takes a request for each message.
    #[serde(default)]
    include_attachments: bool,
    /// Fire for a message that is known only when one of these properties has changed, such as `isRead` or
    /// `categories`. The last 5,000 messages that changed are known; any other fires at its next change.
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(min = 1, max = 64)))]
    watch_fields: Vec<String>,
}

/// Where the next look begins.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cursor {
    place: follow_folders::Cursor,
    #[serde(default)]
    known: Known,
}

impl Trigger for NewOrUpdatedEmail {
    type Event = Message;
    type Cursor = Cursor;
    const SPEC: Spec =
        Spec::new("new_or_updated_email", "New or updated email", Effect::Read).scopes(MAIL_SEE).real_time();

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<Message, Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        let root = self.mailbox.root(cx)?;
        let (place, known) = cursor.map_or((None, Known::default()), |cursor| (Some(cursor.place), cursor.known));
        let look = Changed { filter: self.filter, watched: self.watch_fields, known };
        let look = self
            .folders
            .look(root.clone(), place, since, cx.now, look)
            .map(|(poll, look)| poll.with_cursor(|place| Cursor { place, known: look.known }));
        Ok(if self.include_attachments {
            look.and_then(move |poll| complete::with_attachments(&root, poll))
        } else {
            look
        })
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox.notifications(cx, &self.folders.messages(), &[ChangeType::Created, ChangeType::Updated]).map(Some)
    }
}

struct Changed {
    filter: MailFilter,
    watched: Vec<String>,
    known: Known,
}

impl Look for Changed {
    type Event = Message;

    fn begin(&self, changes: Request, _: Timestamp) -> Request {
        changes
    }

    fn needs(&self) -> Vec<&str> {
        let watched = self.watched.iter().map(String::as_str);
        self.filter.needs().into_iter().chain(["lastModifiedDateTime"]).chain(watched).collect()
    }

    fn event(&mut self, message: Seen, Whole { item, .. }: Whole, since: Since) -> Option<Event<Message>> {
        // What is too old to fire is remembered too, so that its next change is held against it.
        let differs = self.watched.is_empty() || self.known.differs(&message.id, &item, &self.watched);
        (differs && since.changed(message.last_modified_date_time) && self.filter.wants(&message))
            .then(|| Event::new(message.version(), item))
    }
}
