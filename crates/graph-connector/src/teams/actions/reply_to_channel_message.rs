//! `reply_to_channel_message`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CHANNEL_MESSAGES_SEND;
use crate::teams::message::Said;
use crate::vocabulary::{Channel, ChatMessage};

/// Reply to a message in a channel in the name of the signed-in user. An app cannot reply: Graph lets it only import
/// messages from elsewhere.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "team": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "channel": "19:f021ac88001b469f847e43f464489b43@thread.tacv2", "messageId": "1616990032035", "body": "Glad to be here." })]))]
pub struct ReplyToChannelMessage {
    /// Which channel.
    #[serde(flatten)]
    channel: Channel,
    /// The id of the message that began the conversation. An answer cannot be answered.
    #[schemars(length(min = 1, max = 100))]
    message_id: String,
    /// What is said.
    #[serde(flatten)]
    said: Said,
}

impl Action for ReplyToChannelMessage {
    type Output = Raw<ChatMessage>;
    const SPEC: Spec = Spec::new("reply_to_channel_message", "Reply to channel message", Effect::Send)
        .scopes(CHANNEL_MESSAGES_SEND)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<ChatMessage>>> {
        let message = self.said.message(None)?;
        let request =
            self.channel.request(Method::POST, "/messages/{message}/replies").path_param("message", self.message_id);
        Ok(request.json(message).raw())
    }
}
