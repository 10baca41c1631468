//! `email_flagged`

use connector_sdk::{Context, Effect, Event, Plan, Poll, Properties, Raw, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::follow::{self, Beginning};
use crate::mail_filter::{MailFilter, Seen};
use crate::permissions::MAIL_SEE;
use crate::vocabulary::{FolderId, Mailbox, Message};

/// Watch a folder for messages that get a flag for follow-up. A message fires again when its flag gets other times.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct EmailFlagged {
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

impl Trigger for EmailFlagged {
    type Event = Message;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("email_flagged", "Email flagged", Effect::Read).scopes(MAIL_SEE);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<Message, follow::Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        let folder = self.folder_id.map_or_else(|| "inbox".to_owned(), |folder| folder.0);
        let start = self.mailbox.root(cx)?.get("/mailFolders/{folder}/messages/delta").item("folder", folder);
        let start = start.prefer("odata.maxpagesize=100");
        let filter = self.filter;
        Ok(follow::follow(start, cursor, since, move |page, since| {
            let fired = page.items.into_iter().filter_map(|item| {
                let seen = Seen::read(&item);
                let flag: Map<String, Value> = Properties::of(&item).get("flag")?;
                let flagged = flag.get("flagStatus").and_then(Value::as_str) == Some("flagged");
                let recent = since.changed(seen.last_modified_date_time);
                let id = format!("{} {}", seen.id, Value::from(flag));
                (flagged && recent && filter.wants(&seen)).then(|| Event { id, data: Raw::new(item) })
            });
            fired.collect()
        }))
    }
}
