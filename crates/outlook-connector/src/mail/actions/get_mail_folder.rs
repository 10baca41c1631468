//! `get_mail_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_SEE;
use crate::vocabulary::{FolderId, MailFolder, Mailbox};

/// Get one mail folder, with the numbers of its messages and of its unread messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "inbox" })]))]
pub struct GetMailFolder {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder.
    folder_id: FolderId,
}

impl Action for GetMailFolder {
    type Output = Raw<MailFolder>;
    const SPEC: Spec = Spec::new("get_mail_folder", "Get mail folder", Effect::Read).scopes(MAIL_SEE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MailFolder>>> {
        Ok(self.mailbox.root(cx)?.get("/mailFolders/{folder}").exchange_id("folder", self.folder_id.0).raw())
    }
}
