//! `send_chat_message`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CHAT_MESSAGES_SEND;
use crate::teams::message::Said;
use crate::vocabulary::{ChatId, ChatMessage};

/// Send a message to a chat in the name of the signed-in user, who takes part in it. An app cannot send messages: Graph
/// lets it only import messages from elsewhere.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "chat": "19:40ba61905ee54709861c1de553a279d2@thread.v2", "body": "Thursday at ten?" })]))]
pub struct SendChatMessage {
    /// The chat.
    chat: ChatId,
    /// What is said.
    #[serde(flatten)]
    said: Said,
}

impl Action for SendChatMessage {
    type Output = Raw<ChatMessage>;
    const SPEC: Spec =
        Spec::new("send_chat_message", "Send chat message", Effect::Send).scopes(CHAT_MESSAGES_SEND).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<ChatMessage>>> {
        Ok(Request::post("/chats/{chat}/messages").path_param("chat", self.chat.0).json(self.said.message(None)?).raw())
    }
}
