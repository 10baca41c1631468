//! `update_mail_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FolderId, MailFolder, Mailbox};

/// Rename a mail folder. The well-known folders keep their names.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAACr5AA==", "displayName": "Plans" })]))]
pub struct UpdateMailFolder {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder.
    folder_id: FolderId,
    /// The name.
    #[schemars(length(min = 1, max = 255))]
    display_name: String,
}

impl Action for UpdateMailFolder {
    type Output = Raw<MailFolder>;
    const SPEC: Spec = Spec::new("update_mail_folder", "Update mail folder", Effect::Update).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MailFolder>>> {
        let request = self.mailbox.root(cx)?.patch("/mailFolders/{folder}").exchange_id("folder", self.folder_id.0);
        Ok(request.json(json!({ "displayName": self.display_name })).idempotent().raw())
    }
}
