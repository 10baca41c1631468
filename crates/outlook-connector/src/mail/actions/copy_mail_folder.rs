//! `copy_mail_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FolderId, MailFolder, Mailbox};

/// Copy a mail folder with all that is in it into another folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAACr5AA==", "destinationFolderId": "archive" })]))]
pub struct CopyMailFolder {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder.
    folder_id: FolderId,
    /// The folder that it goes into.
    destination_folder_id: FolderId,
}

impl Action for CopyMailFolder {
    type Output = Raw<MailFolder>;
    const SPEC: Spec = Spec::new("copy_mail_folder", "Copy mail folder", Effect::Create).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MailFolder>>> {
        let request = self.mailbox.root(cx)?.post("/mailFolders/{folder}/copy").exchange_id("folder", self.folder_id.0);
        Ok(request.json(json!({ "destinationId": self.destination_folder_id.0 })).raw())
    }
}
