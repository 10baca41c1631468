//! `update_exchange_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAILBOX_FOLDERS_WRITE;
use crate::vocabulary::{MailboxFolder, MailboxFolderId, MailboxId};

/// Rename a folder of a mailbox. Default folders keep their names.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "mailboxId": "MBX:e633c93d-f077-40d2-8c68-2ae455ceb72e@9b06a9b6-6879-4286-87c1-d29f7c059132", "folderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAACr5AA==", "displayName": "Plans" })]))]
pub struct UpdateExchangeFolder {
    /// The mailbox.
    mailbox_id: MailboxId,
    /// The folder.
    folder_id: MailboxFolderId,
    /// Its new name.
    #[schemars(length(min = 1, max = 255))]
    display_name: String,
}

impl Action for UpdateExchangeFolder {
    type Output = Raw<MailboxFolder>;
    const SPEC: Spec = Spec::new("update_exchange_folder", "Update Exchange folder", Effect::Update)
        .scopes(MAILBOX_FOLDERS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<MailboxFolder>>> {
        let changes = json!({ "displayName": self.display_name });
        Ok(self.mailbox_id.folder(Method::PATCH, &self.folder_id, "").json(changes).idempotent().raw())
    }
}
