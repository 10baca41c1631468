//! `send_channel_message`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CHANNEL_MESSAGES_SEND;
use crate::teams::message::Said;
use crate::vocabulary::{Channel, ChatMessage};

/// Post a new message in a channel in the name of the signed-in user. An app cannot post: Graph lets it only import
/// messages from elsewhere.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "team": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "channel": "19:f021ac88001b469f847e43f464489b43@thread.tacv2", "body": "The shops open at nine." }),
    json!({
        "team": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "channel": "19:f021ac88001b469f847e43f464489b43@thread.tacv2", "subject": "Sunday", "importance": "high", "body": "<at id=\"0\">Isaiah</at>, can you open?",
        "mentions": [{ "id": 0, "mentioned": "397e8b4f-12bb-4369-83d0-2d3fbe5ba0f3" }],
    })
]))]
pub struct SendChannelMessage {
    /// Which channel.
    #[serde(flatten)]
    channel: Channel,
    /// The subject, shown above the text.
    #[schemars(length(min = 1, max = 255))]
    subject: Option<String>,
    /// What is said.
    #[serde(flatten)]
    said: Said,
}

impl Action for SendChannelMessage {
    type Output = Raw<ChatMessage>;
    const SPEC: Spec =
        Spec::new("send_channel_message", "Send channel message", Effect::Send).scopes(CHANNEL_MESSAGES_SEND).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<ChatMessage>>> {
        let message = self.said.message(self.subject)?;
        Ok(self.channel.request(Method::POST, "/messages").json(message).raw())
    }
}
