//! `get_exchange_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAILBOX_FOLDERS_READ;
use crate::vocabulary::{MailboxFolder, MailboxFolderId, MailboxId};

/// Get a folder of a mailbox, of any kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "mailboxId": "MBX:e633c93d-f077-40d2-8c68-2ae455ceb72e@9b06a9b6-6879-4286-87c1-d29f7c059132", "folderId": "inbox" })]))]
pub struct GetExchangeFolder {
    /// The mailbox.
    mailbox_id: MailboxId,
    /// The folder.
    folder_id: MailboxFolderId,
}

impl Action for GetExchangeFolder {
    type Output = Raw<MailboxFolder>;
    const SPEC: Spec =
        Spec::new("get_exchange_folder", "Get Exchange folder", Effect::Read).scopes(MAILBOX_FOLDERS_READ);

    fn plan(self, _: &Context) -> Result<Plan<Raw<MailboxFolder>>> {
        Ok(self.mailbox_id.folder(Method::GET, &self.folder_id, "").raw())
    }
}
