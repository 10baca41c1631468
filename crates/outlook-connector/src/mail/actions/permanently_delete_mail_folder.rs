//! `permanently_delete_mail_folder`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::mail::folders::kept;
use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FolderId, Mailbox};

/// Delete a mail folder with all that is in it for good. It does not go to Deleted Items, and its owner cannot recover
/// it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAACr5AA==", "confirm": true })]))]
pub struct PermanentlyDeleteMailFolder {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder.
    folder_id: FolderId,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for PermanentlyDeleteMailFolder {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("permanently_delete_mail_folder", "Permanently delete mail folder", Effect::Delete)
        .scopes(MAIL_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(kept(
            self.mailbox
                .root(cx)?
                .post("/mailFolders/{folder}/permanentDelete")
                .idempotent()
                .exchange_id("folder", self.folder_id.0)
                .deleted(),
        ))
    }
}
