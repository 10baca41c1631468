//! `reply_to_group_thread`

use connector_sdk::{Action, Context, Effect, Error, Plan, Request, Result, Spec};
use entra_connector::vocabulary::GroupId;
use outlook_connector::attach::{FileAttachment, Files, INLINE_LIMIT};
use outlook_connector::vocabulary::{BodyType, ItemBody, NewAttachment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::GROUP_THREADS_WRITE;
use crate::vocabulary::ThreadId;

/// Reply to a thread of a group's conversations. Everybody who follows the group gets the reply by mail. Only a
/// signed-in user can reply: Graph has no such permission for apps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "threadId": "AAQkdfd341c9b0de417d8fbb5d6d1894cc22=", "body": "Thank you, I will look at it today.", "bodyType": "text" })]))]
pub struct ReplyToGroupThread {
    /// The group.
    group: GroupId,
    /// The thread.
    thread_id: ThreadId,
    /// What to write.
    #[schemars(length(min = 1))]
    body: String,
    /// Whether the text is HTML (the default) or plain.
    #[serde(default)]
    body_type: BodyType,
    /// Files to attach, up to 3 MB all together: Graph takes no larger ones into conversations.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attachments: Vec<NewAttachment>,
}

/// The outcome of sending the reply.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Posted {
    /// Graph took it over for delivery.
    sent: bool,
}

#[derive(Serialize)]
struct Post {
    body: ItemBody,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<FileAttachment>,
}

impl Action for ReplyToGroupThread {
    type Output = Posted;
    const SPEC: Spec =
        Spec::new("reply_to_group_thread", "Reply to group thread", Effect::Send).scopes(GROUP_THREADS_WRITE);

    fn plan(self, cx: &Context) -> Result<Plan<Posted>> {
        let files = Files::check(self.attachments, "attachments", cx)?;
        if !files.fit_inline() {
            return Err(Error::invalid(
                "/attachments",
                format!(
                    "are larger than {INLINE_LIMIT} bytes together, the maximum that Graph accepts in conversations; share a link to them instead"
                ),
            ));
        }
        let reply = Request::post("/groups/{group}/threads/{thread}/reply")
            .path_param("group", self.group.0)
            .path_param("thread", self.thread_id.0);
        let body = ItemBody { content_type: self.body_type, content: self.body };
        Ok(files.read(move |attachments| {
            Plan::finish(reply.json(json!({ "post": Post { body, attachments } })), |_| Ok(Posted { sent: true }))
        }))
    }
}
