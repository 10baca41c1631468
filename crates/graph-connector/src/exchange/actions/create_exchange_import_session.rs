//! `create_exchange_import_session`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAILBOX_ITEMS_IMPORT;
use crate::vocabulary::{ImportSession, MailboxId};

/// Create a session that imports exported items into a mailbox. POST each item to `importUrl`, without a token, as
/// `FolderId`, `Mode` (`create` or `update`) and `Data`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "mailboxId": "MBX:e633c93d-f077-40d2-8c68-2ae455ceb72e@9b06a9b6-6879-4286-87c1-d29f7c059132" })]))]
pub struct CreateExchangeImportSession {
    /// The mailbox.
    mailbox_id: MailboxId,
}

impl Action for CreateExchangeImportSession {
    type Output = Raw<ImportSession>;
    const SPEC: Spec = Spec::new("create_exchange_import_session", "Create Exchange import session", Effect::Create)
        .scopes(MAILBOX_ITEMS_IMPORT);

    fn plan(self, _: &Context) -> Result<Plan<Raw<ImportSession>>> {
        // The URL in the answer is a permission.
        Ok(self.mailbox_id.request(Method::POST, "/createImportSession").sensitive().raw())
    }
}
