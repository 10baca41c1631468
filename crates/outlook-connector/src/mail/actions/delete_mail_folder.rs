//! `delete_mail_folder`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::mail::folders::kept;
use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FolderId, Mailbox};

/// Delete a mail folder with all that is in it. It goes to Deleted Items. The well-known folders stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAACr5AA==" })]))]
pub struct DeleteMailFolder {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder.
    folder_id: FolderId,
}

impl Action for DeleteMailFolder {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_mail_folder", "Delete mail folder", Effect::Delete)
        .undo("The mailbox keeps it among its deleted or recoverable items for as long as the organisation says.")
        .scopes(MAIL_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        Ok(kept(
            self.mailbox.root(cx)?.delete("/mailFolders/{folder}").exchange_id("folder", self.folder_id.0).deleted(),
        ))
    }
}
