//! `new_attachment`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{
    Code, Context, Effect, Event, Json, Page, PageGuard, Plan, Poll, Properties, Raw, Request, Result, Root, Skipped,
    Spec, Trigger, details,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::mail::complete::of_message;
use crate::mail::mail_filter::{MailFilter, Seen, is_fragment};
use crate::permissions::MAIL_READ;
use crate::vocabulary::{ATTACHMENT_FIELDS, Attachment, FolderId, Mailbox};
use connector_sdk::watch::{self, Beginning};

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
    /// Only attachments whose name contains this text, ignoring case.
    #[schemars(length(min = 1, max = 255))]
    name_contains: Option<String>,
    /// Report inline attachments too, such as logos in the text.
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
    type Cursor = watch::Cursor;
    const SPEC: Spec = Spec::new("new_attachment", "New attachment", Effect::Read).scopes(MAIL_READ).real_time();

    fn poll(self, cursor: Option<watch::Cursor>, cx: &Context) -> Result<Plan<Poll<Attached, watch::Cursor>>> {
        let (since, now) = (self.beginning.moment(cx.now)?, cx.now);
        let root = self.mailbox.root(cx)?;
        let folder = self.folder_id.map_or_else(|| "inbox".to_owned(), |folder| folder.0);
        let start = root
            .get("/mailFolders/{folder}/messages/delta")
            .exchange_id("folder", folder)
            .prefer("odata.maxpagesize=50");
        let (filter, inline) = (self.filter, self.include_inline);
        let needed = [filter.needs(), vec!["receivedDateTime"]].concat();
        let fragment = move |item: &Properties<'_>, _| is_fragment(item, &needed);
        let message = root.clone();
        let ask = move |id: &str| message.get("/messages/{message}").exchange_id("message", id);
        let page = watch::follow(start, cursor, (since, now), fragment, ask, move |item, since| {
            let seen = Seen::read(&item);
            // Where it is false, what is shown inside the text may be there all the same.
            let may_have_some = inline || seen.has_attachments != Some(false);
            let wanted =
                since.created(&Properties::of(&item), "receivedDateTime") && may_have_some && filter.wants(&seen);
            wanted.then(|| Event::new(seen.id, item))
        });
        let name = self.name_contains.map(|text| text.to_lowercase());
        Ok(page.and_then(move |poll| attachments(&root, poll, Wanted { name, inline })))
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox.notifications(cx, "messages", &[ChangeType::Created, ChangeType::Updated]).map(Some)
    }
}

// Which attachments of a message fire.
struct Wanted {
    name: Option<String>,
    inline: bool,
}

impl Wanted {
    fn event(&self, message_id: &str, item: Json) -> Result<Option<Event<Attached>>> {
        let attachment = Properties::of(&item);
        let name = attachment.text("name").unwrap_or_default().to_lowercase();
        let named = self.name.as_ref().is_none_or(|text| name.contains(text));
        if !named || (attachment.flag("isInline") == Some(true) && !self.inline) {
            return Ok(None);
        }
        let id = format!("{message_id} {}", attachment.identity());
        let data = Json::of(&Attached { message_id: message_id.to_owned(), attachment: Raw::new(item) })?;
        Ok(Some(Event::new(id, data)))
    }
}

// Asks for the attachments of the messages that were found, and makes an event of each.
fn attachments(root: &Root, poll: Poll<Json, watch::Cursor>, wanted: Wanted) -> Plan<Poll<Attached, watch::Cursor>> {
    let list = |id: String| {
        let list = root
            .get("/messages/{message}/attachments")
            .exchange_id("message", id.as_str())
            .query("$select", ATTACHMENT_FIELDS);
        (id, list)
    };
    let lists = poll.events.iter().map(|event| list(event.id.clone())).collect();
    tell(lists, wanted, poll.with(|_| Vec::new(), |cursor| cursor), PageGuard::default())
}

// Reads a page of each list, and then the pages after them.
fn tell(
    lists: Vec<(String, Request)>,
    wanted: Wanted,
    mut poll: Poll<Attached, watch::Cursor>,
    mut guard: PageGuard,
) -> Plan<Poll<Attached, watch::Cursor>> {
    if lists.is_empty() {
        return Plan::done(poll);
    }
    let requests = lists.iter().map(|(_, list)| list.clone()).collect();
    details(requests, Page::read).and_then(move |answers| {
        let mut following = Vec::new();
        for ((message_id, list), answer) in lists.into_iter().zip(answers) {
            let page = match answer {
                Ok(page) => page,
                // It left meanwhile, or cannot be read at all: the others are told.
                Err(error) => {
                    if error.code() != Code::NotFound {
                        poll.skipped.push(Skipped::new(of_message(&message_id), &error));
                    }
                    continue;
                }
            };
            // Of a list that does not end nothing more is told.
            let checked = page.next.map(|next| guard.check(&page.items, page.items.is_empty(), &next).map(|()| next));
            let next = checked.and_then(|next| match next {
                Ok(next) => Some(next),
                Err(error) => {
                    poll.skipped.push(Skipped::new(of_message(&message_id), &error));
                    None
                }
            });
            for item in page.items {
                match wanted.event(&message_id, item) {
                    Ok(event) => poll.events.extend(event),
                    Err(error) => return Plan::fail(error),
                }
            }
            following.extend(next.map(|next| (message_id, list.at(next))));
        }
        tell(following, wanted, poll, guard)
    })
}
