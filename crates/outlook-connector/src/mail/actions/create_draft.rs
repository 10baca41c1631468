//! `create_draft`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::attach::Files;
use crate::mail::compose::{Addressees, MessageFields};
use crate::mail::drafts;
use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FolderId, Mailbox, Message, NewAttachment};

/// Write a message and keep it as a draft. It can be changed, and sent later with `send_draft`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "to": ["meganb@contoso.example"], "subject": "Lunch", "body": "<p>At noon?</p>" })]))]
pub struct CreateDraft {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder; the default is Drafts.
    folder_id: Option<FolderId>,
    /// Who gets it.
    #[serde(flatten)]
    addressees: Addressees,
    /// What the message holds.
    #[serde(flatten)]
    letter: MessageFields,
    /// Files to attach, each of up to 150 MB.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attachments: Vec<NewAttachment>,
}

impl Action for CreateDraft {
    type Output = Raw<Message>;
    const SPEC: Spec = Spec::new("create_draft", "Create draft", Effect::Create).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let files = Files::check(self.attachments, "attachments", cx)?;
        let root = self.mailbox.root(cx)?;
        let create = match self.folder_id {
            Some(folder) => root.post("/mailFolders/{folder}/messages").exchange_id("folder", folder.0),
            None => root.post("/messages"),
        };
        let message = self.letter.message(self.addressees);
        Ok(drafts::make(root, files, create, message))
    }
}
