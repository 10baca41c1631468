//! `new_chat_message`

use connector_sdk::watch::Beginning;
use connector_sdk::{Context, Effect, Event, Plan, Poll, Properties, Request, Result, Spec, Trigger, recent};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CHATS_READ;
use crate::vocabulary::{ChatId, ChatMessage, TEAMS_PAGE, is_said};

/// Watch a chat for new messages, including one's own. System messages, such as that somebody joined, do not fire.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "chat": "19:40ba61905ee54709861c1de553a279d2@thread.v2" })]))]
pub struct NewChatMessage {
    /// The chat.
    chat: ChatId,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
}

impl Trigger for NewChatMessage {
    type Event = ChatMessage;
    type Cursor = recent::Cursor;
    const SPEC: Spec = Spec::new("new_chat_message", "New chat message", Effect::Read).scopes(CHATS_READ);

    fn poll(self, cursor: Option<recent::Cursor>, cx: &Context) -> Result<Plan<Poll<ChatMessage, recent::Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        let chat = self.chat;
        // Graph filters by the time of the last change alone, with `gt`, and only in this order. A new message
        // has one no earlier than that at which it was written.
        let list = move |from: Timestamp| {
            let before = from.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(from);
            let list = Request::get("/chats/{chat}/messages")
                .path_param("chat", chat.0)
                .query("$orderby", "lastModifiedDateTime desc");
            list.query("$filter", format!("lastModifiedDateTime gt {before:.0}")).query("$top", TEAMS_PAGE)
        };
        let look = recent::look(recent::USUAL, list, cursor, since, cx.now, |item| {
            let message = Properties::of(&item);
            let (written, id) = (message.time("createdDateTime"), is_said(&message).then(|| message.identity()));
            (written, id.map(|id| Event::new(id, item)))
        });
        Ok(look.map(|mut poll| {
            poll.events.reverse();
            poll
        }))
    }
}
