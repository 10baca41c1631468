//! `new_channel_message`

use std::collections::HashSet;

use connector_sdk::watch::{self, Beginning, Followed, Since};
use connector_sdk::{Context, Effect, Event, Json, Plan, Poll, Properties, Result, Skipped, Spec, Trigger};
use http::Method;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CHANNEL_MESSAGES_READ;
use crate::teams::threads::{self, Threads};
use crate::vocabulary::{Channel, ChatMessage, TEAMS_PAGE, is_said};

/// Watch a channel for new messages, including one's own. System messages, such as that somebody joined, do not fire.
/// Graph returns the last eight months.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "team": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "channel": "19:f021ac88001b469f847e43f464489b43@thread.tacv2", "includeReplies": true })]))]
pub struct NewChannelMessage {
    /// Which channel.
    #[serde(flatten)]
    channel: Channel,
    /// Fire for replies too, each by itself; `replyToId` is the message that a reply answers.
    #[serde(default)]
    include_replies: bool,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
}

impl Trigger for NewChannelMessage {
    type Event = ChatMessage;
    type Cursor = watch::Cursor;
    const SPEC: Spec =
        Spec::new("new_channel_message", "New channel message", Effect::Read).scopes(CHANNEL_MESSAGES_READ);

    fn poll(self, cursor: Option<watch::Cursor>, cx: &Context) -> Result<Plan<Poll<ChatMessage, watch::Cursor>>> {
        let now = cx.now;
        let since = cursor.as_ref().map_or_else(|| self.beginning.moment(cx.now), |cursor| Ok(cursor.since()))?;
        // What was not changed since then is not new either, so that the first round is a short one.
        let before = since.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(since);
        let start = self.channel.request(Method::GET, "/messages/delta").query("$top", TEAMS_PAGE);
        let start = start.query_opt("$expand", self.include_replies.then_some("replies"));
        let start = start.query("$filter", format!("lastModifiedDateTime gt {before:.0}"));
        let (channel, replies) = (self.channel, self.include_replies);
        Ok(watch::page(start, cursor, since, now).and_then(move |Followed { page, since, cursor, more, lost }| {
            let empty = page.changes.is_empty();
            let of = channel.clone();
            // It takes no options; the answers to it are listed by themselves.
            let ask = move |id: &str| of.request(Method::GET, "/messages/{message}").path_param("message", id);
            let is_fragment = |item: &Properties<'_>| !item.is_sent("createdDateTime") || !item.is_sent("messageType");
            page.whole(is_fragment, ask).and_then(move |page| {
                let items = page.items();
                let unread: Vec<Skipped> = items.iter().filter_map(|whole| since.skipped(whole)).collect();
                let messages = items.into_iter().map(|whole| whole.item).collect();
                threads::whole(channel, messages, replies).map(move |Threads { threads, skipped, .. }| {
                    let mut events: Vec<_> = threads.into_iter().flat_map(|thread| events(thread, since)).collect();
                    let mut known = HashSet::new();
                    events.retain(|event| known.insert(event.id.clone()));
                    Poll::new(events, cursor)
                        .with_more(more)
                        .with_empty(empty)
                        .with_lost(lost)
                        .with_skipped([unread, skipped].concat())
                })
            })
        }))
    }
}

// The message, if it is new, and its answers that are, as they were written.
fn events(thread: Vec<Json>, since: Since) -> Vec<Event<ChatMessage>> {
    let mut events: Vec<(String, Event<ChatMessage>)> =
        thread.into_iter().filter_map(|item| event(item, since)).collect();
    events.sort_by(|(one, _), (other, _)| one.cmp(other));
    events.into_iter().map(|(_, event)| event).collect()
}

fn event(item: Json, since: Since) -> Option<(String, Event<ChatMessage>)> {
    let message = Properties::of(&item);
    let new = since.created(&message, "createdDateTime") && is_said(&message);
    let id = message
        .text("replyToId")
        .map_or_else(|| message.identity(), |parent| format!("{parent} {}", message.identity()));
    let written = new.then(|| message.text("createdDateTime").unwrap_or_default())?;
    Some((written, Event::new(id, item)))
}
