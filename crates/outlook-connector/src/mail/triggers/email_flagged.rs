//! `email_flagged`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{
    Context, Effect, Event, Json, Plan, Poll, Properties, Result, Skipped, Spec, Trigger, Turns, canonical,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::mail::mail_filter::{MailFilter, Seen, is_fragment};
use crate::permissions::MAIL_SEE;
use crate::vocabulary::{FolderId, Mailbox, Message};
use connector_sdk::watch::{self, Beginning, Followed, Since};

/// Watch a folder for messages that get a flag for follow-up. A message fires again when the times of its flag change,
/// or when the flag is set again after it was removed.
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

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(flatten)]
    place: watch::Cursor,
    // The flags that were told, so that the same one can be set again.
    #[serde(default)]
    flags: Turns,
}

impl Trigger for EmailFlagged {
    type Event = Message;
    type Cursor = Cursor;
    const SPEC: Spec = Spec::new("email_flagged", "Email flagged", Effect::Read).scopes(MAIL_SEE).real_time();

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<Message, Cursor>>> {
        let (since, now) = (self.beginning.moment(cx.now)?, cx.now);
        let root = self.mailbox.root(cx)?;
        let folder = self.folder_id.map_or_else(|| "inbox".to_owned(), |folder| folder.0);
        let start = root.get("/mailFolders/{folder}/messages/delta").exchange_id("folder", folder);
        let start = start.prefer("odata.maxpagesize=100");
        let (place, mut flags) = cursor.map_or_else(Default::default, |cursor| (Some(cursor.place), cursor.flags));
        Ok(watch::page(start, place, since, now).and_then(move |Followed { page, since, cursor, more, lost }| {
            let empty = page.changes.is_empty();
            let filter = self.filter;
            let needed = [filter.needs(), vec!["flag"]].concat();
            let fragment =
                |item: &Properties<'_>| is_fragment(item, &needed) || since.lacks(item, "lastModifiedDateTime");
            page.whole(fragment, |id| root.get("/messages/{message}").exchange_id("message", id)).map(move |page| {
                let (mut events, mut skipped) = (Vec::new(), Vec::new());
                for whole in page.items() {
                    // Nobody knows whether it is flagged.
                    if let Some(error) = whole.unread.filter(|_| !Properties::of(&whole.item).is_sent("flag")) {
                        let id = Properties::of(&whole.item).identity();
                        skipped.push(Skipped::new(format!("the flag of the message {id}"), &error));
                        continue;
                    }
                    events.extend(fired(whole.item, since, &filter, &mut flags));
                }
                Poll::new(events, Cursor { place: cursor, flags })
                    .with_more(more)
                    .with_empty(empty)
                    .with_lost(lost)
                    .with_skipped(skipped)
            })
        }))
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox.notifications(cx, "messages", &[ChangeType::Created, ChangeType::Updated]).map(Some)
    }
}

fn fired(item: Json, since: Since, filter: &MailFilter, flags: &mut Turns) -> Option<Event<Message>> {
    let seen = Seen::read(&item);
    let flag: Map<String, Value> = Properties::of(&item).get("flag").unwrap_or_default();
    let flagged =
        flag.get("flagStatus").and_then(Value::as_str).is_some_and(|status| status.eq_ignore_ascii_case("flagged"));
    // Its properties may come in any order, and `null` is as good as nothing; older versions took it for something.
    let older = canonical(&Value::from(flag.clone()).to_string());
    let present: Map<String, Value> = flag.into_iter().filter(|(_, value)| !value.is_null()).collect();
    let flag = Some(older).filter(|older| flags.is_in(&seen.id, older));
    let flag = flag.unwrap_or_else(|| canonical(&Value::from(present).to_string()));
    if !flagged {
        flags.leave(&seen.id);
        return None;
    }
    let id = format!("{} {flag}", seen.id);
    // What is too old to fire is remembered too, so that it is not taken for new when another property changes.
    let turn = flags.turn(&seen.id, &flag);
    let recent = since.changed(seen.last_modified_date_time);
    (recent && filter.wants(&seen)).then(|| Event::new(Turns::event_id(&id, turn), item))
}
