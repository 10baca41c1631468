//! `delete_contact_folder`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_WRITE;
use crate::vocabulary::{ContactFolderId, Mailbox};

/// Delete a folder of contacts with all that is in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFIJAA==" })]))]
pub struct DeleteContactFolder {
    /// Whose folders.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder.
    folder_id: ContactFolderId,
}

impl Action for DeleteContactFolder {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_contact_folder", "Delete contact folder", Effect::Delete)
        .undo("The mailbox keeps it among its deleted or recoverable items for as long as the organisation says.")
        .scopes(CONTACTS_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        Ok(self.mailbox.root(cx)?.delete("/contactFolders/{folder}").exchange_id("folder", self.folder_id.0).deleted())
    }
}
