//! `create_contact_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_WRITE;
use crate::vocabulary::{ContactFolder, ContactFolderId, Mailbox};

/// Create a folder of contacts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "displayName": "Customers" })]))]
pub struct CreateContactFolder {
    /// Whose folders.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The name.
    #[schemars(length(min = 1, max = 255))]
    display_name: String,
    /// The parent folder; without it, the folder is created at the top.
    parent_folder_id: Option<ContactFolderId>,
}

impl Action for CreateContactFolder {
    type Output = Raw<ContactFolder>;
    const SPEC: Spec =
        Spec::new("create_contact_folder", "Create contact folder", Effect::Create).scopes(CONTACTS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<ContactFolder>>> {
        let root = self.mailbox.root(cx)?;
        let request = match self.parent_folder_id {
            Some(folder) => root.post("/contactFolders/{folder}/childFolders").exchange_id("folder", folder.0),
            None => root.post("/contactFolders"),
        };
        Ok(request.json(json!({ "displayName": self.display_name })).raw())
    }
}
