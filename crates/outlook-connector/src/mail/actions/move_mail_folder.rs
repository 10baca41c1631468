//! `move_mail_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::mail::folders::kept;
use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FolderId, MailFolder, Mailbox};

/// Move a mail folder with all that is in it into another folder of the same mailbox. The well-known folders stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAACr5AA==", "destinationFolderId": "archive" })]))]
pub struct MoveMailFolder {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder.
    folder_id: FolderId,
    /// The folder that it goes into.
    destination_folder_id: FolderId,
}

impl Action for MoveMailFolder {
    type Output = Raw<MailFolder>;
    const SPEC: Spec = Spec::new("move_mail_folder", "Move mail folder", Effect::Update).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MailFolder>>> {
        let request = self.mailbox.root(cx)?.post("/mailFolders/{folder}/move").exchange_id("folder", self.folder_id.0);
        Ok(kept(request.json(json!({ "destinationId": self.destination_folder_id.0 })).raw()))
    }
}
