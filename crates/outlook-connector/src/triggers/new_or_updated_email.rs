//! `new_or_updated_email`

use connector_sdk::{Context, Effect, Event, Plan, Poll, Raw, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow::{self, Beginning};
use crate::mail_filter::{MailFilter, Seen};
use crate::permissions::MAIL_SEE;
use crate::vocabulary::{FolderId, Mailbox, Message};

/// Watch a folder for messages that are new or have changed. A message fires once for each of its versions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "inbox" })]))]
pub struct NewOrUpdatedEmail {
    /// Whose mailbox.
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

impl Trigger for NewOrUpdatedEmail {
    type Event = Message;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("new_or_updated_email", "New or updated email", Effect::Read).scopes(MAIL_SEE);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<Message, follow::Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        let folder = self.folder_id.map_or_else(|| "inbox".to_owned(), |folder| folder.0);
        let start = self.mailbox.root(cx)?.get("/mailFolders/{folder}/messages/delta").item("folder", folder);
        let start = start.prefer("odata.maxpagesize=100");
        let filter = self.filter;
        Ok(follow::follow(start, cursor, since, move |page, since| {
            let fired = page.items.into_iter().filter_map(|item| {
                let seen = Seen::read(&item)?;
                let recent = seen.last_modified_date_time.is_some_and(|at| at >= since);
                (recent && filter.wants(&seen)).then(|| Event { id: seen.version(), data: Raw::new(item) })
            });
            fired.collect()
        }))
    }
}
