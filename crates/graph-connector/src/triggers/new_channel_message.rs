//! `new_channel_message`

use connector_sdk::{Context, Effect, Event, Json, Plan, Poll, Raw, Result, Spec, Trigger};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use outlook_connector::follow::{self, Beginning};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::permissions::CHANNEL_MESSAGES_READ;
use crate::vocabulary::{Channel, ChatMessage, TEAMS_PAGE};

/// Watch a channel for new messages, also one's own. What Teams itself says, such as that somebody joined, does not fire. Graph tells of the last eight months.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "team": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "channel": "19:f021ac88001b469f847e43f464489b43@thread.tacv2", "includeReplies": true })]))]
pub struct NewChannelMessage {
    /// Which channel.
    #[serde(flatten)]
    channel: Channel,
    /// Fire for answers too, each by itself; `replyToId` says what it answers.
    #[serde(default)]
    include_replies: bool,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
}

impl Trigger for NewChannelMessage {
    type Event = ChatMessage;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("new_channel_message", "New channel message", Effect::Read).scopes(CHANNEL_MESSAGES_READ);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<ChatMessage, follow::Cursor>>> {
        let since = cursor.as_ref().map_or_else(|| self.beginning.moment(cx.now), |cursor| Ok(cursor.since()))?;
        // What was not changed since then is not new either, so that the first round is a short one.
        let before = since.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(since);
        let start = self.channel.request(Method::GET, "/messages/delta").query("$top", TEAMS_PAGE);
        let start = start.query_opt("$expand", self.include_replies.then_some("replies"));
        let start = start.query("$filter", format!("lastModifiedDateTime gt {before:.0}"));
        Ok(follow::follow(start, cursor, since, |page, since| page.items.into_iter().flat_map(|item| events(item, since)).collect()))
    }
}

// The message, if it is new, and its answers that are.
fn events(item: Json, since: Timestamp) -> Vec<Event<ChatMessage>> {
    #[derive(Deserialize)]
    struct Chain {
        #[serde(default)]
        replies: Vec<Box<RawValue>>,
    }
    let replies = item.read::<Chain>().map(|chain| chain.replies).unwrap_or_default();
    let replies = replies.into_iter().filter_map(|reply| Json::parse(String::from(Box::<str>::from(reply))).ok());
    let all = std::iter::once(item).chain(replies);
    let mut events: Vec<(String, Event<ChatMessage>)> = all.filter_map(|item| event(item, since)).collect();
    events.sort_by(|(one, _), (other, _)| one.cmp(other));
    events.into_iter().map(|(_, event)| event).collect()
}

fn event(item: Json, since: Timestamp) -> Option<(String, Event<ChatMessage>)> {
    let message: ChatMessage = item.read().ok()?;
    let written = message.created_date_time.clone()?;
    let new = written.parse::<Timestamp>().ok()? >= since && message.is_said();
    let id = message.reply_to_id.map_or_else(|| message.id.clone(), |parent| format!("{parent} {}", message.id));
    new.then(|| (written, Event { id, data: Raw::new(item) }))
}
