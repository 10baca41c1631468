//! `create_exchange_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAILBOX_FOLDERS_WRITE;
use crate::vocabulary::{MailboxFolder, MailboxFolderId, MailboxId};

/// Make a folder at the top of a mailbox, or in one of its folders.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "mailboxId": "MBX:e633c93d-f077-40d2-8c68-2ae455ceb72e@9b06a9b6-6879-4286-87c1-d29f7c059132", "displayName": "Announcements" })]))]
pub struct CreateExchangeFolder {
    /// The mailbox.
    mailbox_id: MailboxId,
    /// Make it in this folder; the default is the top of the mailbox.
    parent_folder_id: Option<MailboxFolderId>,
    /// Its name.
    #[schemars(length(min = 1, max = 255))]
    display_name: String,
    /// Class of its items: `IPF.Note` for mail, `IPF.Appointment`, `IPF.Contact`, `IPF.Task` and others. It cannot be
    /// changed later.
    #[serde(rename = "type", default = "for_mail")]
    #[schemars(length(min = 1, max = 255), example = "IPF.Note")]
    kind: String,
}

fn for_mail() -> String {
    "IPF.Note".to_owned()
}

impl Action for CreateExchangeFolder {
    type Output = Raw<MailboxFolder>;
    const SPEC: Spec = Spec::new("create_exchange_folder", "Create Exchange folder", Effect::Create)
        .scopes(MAILBOX_FOLDERS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<MailboxFolder>>> {
        let folder = json!({ "displayName": self.display_name, "type": self.kind });
        Ok(self.mailbox_id.folders(Method::POST, self.parent_folder_id.as_ref()).json(folder).raw())
    }
}
