//! `get_contact_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_READ;
use crate::vocabulary::{ContactFolder, ContactFolderId, Mailbox};

/// Get one folder of contacts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFIJAA==" })]))]
pub struct GetContactFolder {
    /// Whose folders.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder.
    folder_id: ContactFolderId,
}

impl Action for GetContactFolder {
    type Output = Raw<ContactFolder>;
    const SPEC: Spec = Spec::new("get_contact_folder", "Get contact folder", Effect::Read).scopes(CONTACTS_READ);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<ContactFolder>>> {
        Ok(self.mailbox.root(cx)?.get("/contactFolders/{folder}").exchange_id("folder", self.folder_id.0).raw())
    }
}
