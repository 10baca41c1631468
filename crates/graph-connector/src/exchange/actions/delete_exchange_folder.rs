//! `delete_exchange_folder`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAILBOX_FOLDERS_WRITE;
use crate::vocabulary::{MailboxFolderId, MailboxId};

/// Delete a folder of a mailbox with all that is in it. No action restores it. Default folders cannot be deleted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "mailboxId": "MBX:e633c93d-f077-40d2-8c68-2ae455ceb72e@9b06a9b6-6879-4286-87c1-d29f7c059132", "folderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAACr5AA==", "confirm": true })]))]
pub struct DeleteExchangeFolder {
    /// The mailbox.
    mailbox_id: MailboxId,
    /// The folder.
    folder_id: MailboxFolderId,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for DeleteExchangeFolder {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_exchange_folder", "Delete Exchange folder", Effect::Delete)
        .scopes(MAILBOX_FOLDERS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(self.mailbox_id.folder(Method::DELETE, &self.folder_id, "").deleted())
    }
}
