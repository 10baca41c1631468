//! `get_email`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_GET;
use crate::vocabulary::{BodyType, MESSAGE_FIELDS, Mailbox, Message, MessageId};

/// Get one message.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "select": ["subject", "from"], "includeAttachments": true })]))]
pub struct GetEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
    /// Include what is known of the attachments and, for small files, their content.
    #[serde(default)]
    include_attachments: bool,
    /// Include the headers of the message as it travelled.
    #[serde(default)]
    include_headers: bool,
    /// Format of the returned body: HTML or plain text; the default is the format in which it was written.
    body_format: Option<BodyType>,
}

impl Action for GetEmail {
    type Output = Raw<Message>;
    const SPEC: Spec = Spec::new("get_email", "Get email", Effect::Read).scopes(MAIL_GET).bulk();

    fn plan(mut self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        if self.include_headers {
            self.select.additional_fields.get_or_insert_default().push("internetMessageHeaders".to_owned());
        }
        let mut request = self.mailbox.root(cx)?.get("/messages/{message}").exchange_id("message", self.message_id.0);
        request = request.query_opt("$select", self.select.names(MESSAGE_FIELDS));
        if self.include_attachments {
            request = request.query("$expand", "attachments");
        }
        if let Some(format) = self.body_format {
            request = request.prefer(format!("outlook.body-content-type=\"{}\"", format.name()));
        }
        Ok(request.raw())
    }
}
