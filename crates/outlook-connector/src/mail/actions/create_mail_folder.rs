//! `create_mail_folder`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FolderId, MailFolder, Mailbox};

/// Create a mail folder at the top or in another folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "displayName": "Invoices", "parentFolderId": "inbox" })]))]
pub struct CreateMailFolder {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The name.
    #[schemars(length(min = 1, max = 255))]
    display_name: String,
    /// The parent folder; without it, the folder is created at the top.
    parent_folder_id: Option<FolderId>,
    /// Hide it in Outlook. It cannot be shown later.
    is_hidden: Option<bool>,
}

impl Action for CreateMailFolder {
    type Output = Raw<MailFolder>;
    const SPEC: Spec = Spec::new("create_mail_folder", "Create mail folder", Effect::Create).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MailFolder>>> {
        let root = self.mailbox.root(cx)?;
        let request = match self.parent_folder_id {
            Some(folder) => root.post("/mailFolders/{folder}/childFolders").exchange_id("folder", folder.0),
            None => root.post("/mailFolders"),
        };
        Ok(request
            .json(Fields::default().with("displayName", Some(self.display_name)).with("isHidden", self.is_hidden))
            .raw())
    }
}
