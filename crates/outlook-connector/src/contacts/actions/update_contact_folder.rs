//! `update_contact_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_WRITE;
use crate::vocabulary::{ContactFolder, ContactFolderId, Mailbox};

/// Rename a folder of contacts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFIJAA==", "displayName": "Vendors" })]))]
pub struct UpdateContactFolder {
    /// Whose folders.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder.
    folder_id: ContactFolderId,
    /// The name.
    #[schemars(length(min = 1, max = 255))]
    display_name: String,
}

impl Action for UpdateContactFolder {
    type Output = Raw<ContactFolder>;
    const SPEC: Spec =
        Spec::new("update_contact_folder", "Update contact folder", Effect::Update).scopes(CONTACTS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<ContactFolder>>> {
        let request = self.mailbox.root(cx)?.patch("/contactFolders/{folder}").exchange_id("folder", self.folder_id.0);
        Ok(request.json(json!({ "displayName": self.display_name })).idempotent().raw())
    }
}
