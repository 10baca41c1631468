//! `new_email`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Event, Plan, Poll, Properties, Request, Result, Spec, Trigger, Whole};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow_folders::{Cursor, Folders, Look};
use crate::mail::complete;
use crate::mail::mail_filter::{MailFilter, Seen};
use crate::permissions::MAIL_SEE;
use crate::vocabulary::{Mailbox, Message};
use connector_sdk::watch::{Beginning, Since};

/// Watch a folder for new messages. The trigger follows the changes of the folder instead of times, so that no message
/// is lost between two polls. A message fires once. Of a folder in which 5,000 messages or more have arrived since the
/// beginning, Graph may leave some out; that is reported as skipped.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "inbox", "subjectContains": "invoice" }), json!({ "includeSubfolders": true })]))]
pub struct NewEmail {
    /// Whose mail.
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
}

impl Trigger for NewEmail {
    type Event = Message;
    type Cursor = Cursor;
    const SPEC: Spec = Spec::new("new_email", "New email", Effect::Read).scopes(MAIL_SEE).real_time();

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<Message, Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        let root = self.mailbox.root(cx)?;
        let look = self.folders.look(root.clone(), cursor, since, cx.now, Arrived(self.filter)).map(|(poll, _)| poll);
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

const ARRIVED: &str = "receivedDateTime";

struct Arrived(MailFilter);

impl Look for Arrived {
    type Event = Message;

    // Graph keeps both options in the links that it returns.
    fn begin(&self, changes: Request, from: Timestamp) -> Request {
        changes.query("changeType", "created").query("$filter", format!("receivedDateTime ge {from:.0}"))
    }

    fn is_filtered(&self) -> bool {
        true
    }

    fn needs(&self) -> Vec<&str> {
        [self.0.needs(), vec![ARRIVED]].concat()
    }

    fn event(&mut self, message: Seen, whole: Whole, since: Since) -> Option<Event<Message>> {
        // A fragment may be a change of one that is no longer new. Where nobody knows when it came it is handed on.
        let new = !whole.was_fragment || whole.unread.is_some() || since.created(&Properties::of(&whole.item), ARRIVED);
        (new && self.0.wants(&message)).then(|| Event::new(message.id, whole.item))
    }
}
