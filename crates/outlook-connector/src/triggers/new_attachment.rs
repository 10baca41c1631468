//! `new_attachment`

use connector_sdk::{Context, Effect, Event, Json, Order, Page, Plan, Poll, Raw, Result, Root, Spec, Then, Trigger};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::follow::{self, Beginning};
use crate::mail_filter::{MailFilter, Seen};
use crate::permissions::MAIL_READ;
use crate::vocabulary::{ATTACHMENT_FIELDS, Attachment, FolderId, Mailbox};

/// Watch a folder for attachments of messages that arrive. Each attachment fires once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "inbox", "nameContains": ".pdf" })]))]
pub struct NewAttachment {
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
    /// Only attachments whose name contains this text, in letters of either case.
    #[schemars(length(min = 1, max = 255))]
    name_contains: Option<String>,
    /// Tell what is shown inside the text too, such as logos.
    #[serde(default)]
    include_inline: bool,
}

/// An attachment with its message.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attached {
    /// The id of the message.
    message_id: String,
    /// The attachment, without its content; `outlook.download_attachment` gets it.
    attachment: Raw<Attachment>,
}

impl Trigger for NewAttachment {
    type Event = Attached;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("new_attachment", "New attachment", Effect::Read).scopes(MAIL_READ);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<Attached, follow::Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        let root = self.mailbox.root(cx)?;
        let folder = self.folder_id.map_or_else(|| "inbox".to_owned(), |folder| folder.0);
        let start = root.get("/mailFolders/{folder}/messages/delta").item("folder", folder).prefer("odata.maxpagesize=50");
        let filter = self.filter;
        let page = follow::follow(start, cursor, since, move |page, since| {
            let fired = page.items.into_iter().filter_map(|item| {
                let seen = Seen::read(&item)?;
                let recent = seen.received_date_time.is_some_and(|at| at >= since);
                let wanted = recent && seen.has_attachments != Some(false) && filter.wants(&seen);
                wanted.then(|| Event { id: seen.id, data: Raw::<Json>::new(item) })
            });
            fired.collect()
        });
        let name = self.name_contains.map(|text| text.to_lowercase());
        let inline = self.include_inline;
        Ok(page.and_then(move |poll| attachments(&root, poll, name, inline)))
    }
}

// Asks for the attachments of the messages that were found, and makes an event of each.
fn attachments(root: &Root, poll: Poll<Json, follow::Cursor>, name: Option<String>, inline: bool) -> Plan<Poll<Attached, follow::Cursor>> {
    let Poll { events, cursor, more } = poll;
    if events.is_empty() {
        return Plan::Done(Poll { events: Vec::new(), cursor, more });
    }
    let ids: Vec<String> = events.into_iter().map(|event| event.id).collect();
    let list = |id: &String| root.get("/messages/{message}/attachments").item("message", id.as_str()).query("$select", ATTACHMENT_FIELDS);
    let requests = ids.iter().map(list).collect();
    let tell = move |answers: Vec<Result<connector_sdk::Response>>| {
        let mut events = Vec::new();
        for (message_id, answer) in ids.into_iter().zip(answers) {
            let page = match answer.and_then(|answer| Page::read(&answer)) {
                Ok(page) => page,
                // It left meanwhile; there is nothing to tell of it.
                Err(error) if error.code() == connector_sdk::Code::NotFound => continue,
                Err(error) => return Plan::Fail(error),
            };
            for item in page.items {
                let Ok(attachment) = item.read::<Attachment>() else { continue };
                let named = name.as_ref().is_none_or(|text| attachment.name.as_deref().unwrap_or_default().to_lowercase().contains(text));
                if !named || (attachment.is_inline == Some(true) && !inline) {
                    continue;
                }
                let id = format!("{message_id} {}", attachment.id.unwrap_or_default());
                match Json::of(&Attached { message_id: message_id.clone(), attachment: Raw::new(item) }) {
                    Ok(data) => events.push(Event { id, data: Raw::new(data) }),
                    Err(error) => return Plan::Fail(error),
                }
            }
        }
        Plan::Done(Poll { events, cursor, more })
    };
    Plan::All(requests, Order::Any, Then::last(tell))
}
