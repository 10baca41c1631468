//! `list_attachments`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_READ;
use crate::vocabulary::{ATTACHMENT_FIELDS, Attachment, Mailbox, MessageId};

/// List the attachments of a message: files, other items of Outlook, and links to files.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==" })]))]
pub struct ListAttachments {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// Include the content of files. By default it is left out, because it may be large.
    #[serde(default)]
    include_content: bool,
}

impl Action for ListAttachments {
    type Output = List<Attachment>;
    const SPEC: Spec = Spec::new("list_attachments", "List attachments", Effect::Read).scopes(MAIL_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Attachment>>> {
        let request =
            self.mailbox.root(cx)?.get("/messages/{message}/attachments").exchange_id("message", self.message_id.0);
        let about = (!self.include_content).then_some(ATTACHMENT_FIELDS);
        Ok(request.query_opt("$select", about).pages(Paging::default()))
    }
}
