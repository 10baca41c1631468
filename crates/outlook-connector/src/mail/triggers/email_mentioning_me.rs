//! `email_mentioning_me`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Error, Event, Json, Plan, Poll, Properties, Result, Root, Spec, Trigger, recent};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::mail::mail_filter::Seen;
use crate::permissions::MAIL_READ_OWNED;
use crate::vocabulary::{FolderId, Mailbox, Message};
use connector_sdk::watch::Beginning;

/// Watch for messages that mention the owner of the mailbox. Graph reports mentions in its beta version only, so the
/// trigger searches the text: Outlook writes a mention as a link to the address. Any other link to the address counts
/// too, such as one in a quoted signature.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "folderId": "inbox" })]))]
pub struct EmailMentioningMe {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// Only messages in this folder; the default is all folders.
    folder_id: Option<FolderId>,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
}

/// Where the next look begins.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cursor {
    // The owner's addresses, in lower case.
    addresses: Vec<String>,
    place: Option<recent::Cursor>,
}

impl Trigger for EmailMentioningMe {
    type Event = Message;
    type Cursor = Cursor;
    const SPEC: Spec =
        Spec::new("email_mentioning_me", "Email mentioning me", Effect::Read).scopes(MAIL_READ_OWNED).real_time();

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<Message, Cursor>>> {
        let (since, now) = (self.beginning.moment(cx.now)?, cx.now);
        let root = self.mailbox.root(cx)?;
        Ok(match cursor {
            Some(cursor) => look(&root, self.folder_id, cursor, since, now),
            None => addresses(&root)
                .and_then(move |addresses| look(&root, self.folder_id, Cursor { addresses, place: None }, since, now)),
        })
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox.notifications(cx, "messages", &[ChangeType::Created, ChangeType::Updated]).map(Some)
    }
}

fn addresses(root: &Root) -> Plan<Vec<String>> {
    let owner = root.get("").query("$select", "mail,userPrincipalName");
    Plan::finish(owner, |answer| {
        let owner = answer.json()?;
        let owner = Properties::of(&owner);
        let mut all: Vec<String> = ["mail", "userPrincipalName"]
            .into_iter()
            .filter_map(|name| owner.text(name))
            .map(|it| it.to_lowercase())
            .collect();
        all.dedup();
        // Without an address it would listen for ever and hear nothing.
        if all.is_empty() {
            Err(Error::protocol("Graph did not return the address of the mailbox's owner").with_hint(
                "Without it mentions of the owner cannot be recognised. Try again later; if the error persists, check whether the account has an address.",
            ))
        } else {
            Ok(all)
        }
    })
}

fn look(
    root: &Root,
    folder: Option<FolderId>,
    cursor: Cursor,
    since: Timestamp,
    now: Timestamp,
) -> Plan<Poll<Message, Cursor>> {
    let messages = match folder {
        Some(folder) => root.get("/mailFolders/{folder}/messages").exchange_id("folder", folder.0),
        None => root.get("/messages"),
    };
    let list = move |from: Timestamp| {
        let list = messages.clone().query("$filter", format!("receivedDateTime ge {from:.0}"));
        list.query("$orderby", "receivedDateTime").query("$top", 50)
    };
    let addresses = cursor.addresses.clone();
    let found = move |item: Json| {
        let seen = Seen::read(&item);
        let event = mentions(&item, &addresses).then(|| Event::new(seen.id, item));
        (seen.received_date_time, event)
    };
    recent::look(recent::USUAL, list, cursor.place, since, now, found)
        .map(move |poll| poll.with_cursor(|place| Cursor { addresses: cursor.addresses, place: Some(place) }))
}

fn mentions(item: &Json, addresses: &[String]) -> bool {
    let body: Map<String, Value> = Properties::of(item).get("body").unwrap_or_default();
    let text = body.get("content").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    addresses.iter().any(|address| {
        let link = format!("mailto:{address}");
        // The address ends there: `adele@contoso.com` is not in `adele@contoso.com.example`.
        text.match_indices(&link).any(|(at, _)| text[at + link.len()..].starts_with(['"', '\'', '?', '>', ' ']))
    })
}
