//! `get_exchange_item`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAILBOX_ITEMS_READ;
use crate::vocabulary::{MailboxFolderId, MailboxId, MailboxItem};

/// Get an item of a mailbox, of any kind: what it is and how large, not what is in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "mailboxId": "MBX:e633c93d-f077-40d2-8c68-2ae455ceb72e@9b06a9b6-6879-4286-87c1-d29f7c059132", "folderId": "inbox", "itemId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==" })]))]
pub struct GetExchangeItem {
    /// The mailbox.
    mailbox_id: MailboxId,
    /// The folder that it is in.
    folder_id: MailboxFolderId,
    /// The item.
    #[schemars(length(min = 1, max = 512))]
    item_id: String,
}

impl Action for GetExchangeItem {
    type Output = Raw<MailboxItem>;
    const SPEC: Spec = Spec::new("get_exchange_item", "Get Exchange item", Effect::Read).scopes(MAILBOX_ITEMS_READ);

    fn plan(self, _: &Context) -> Result<Plan<Raw<MailboxItem>>> {
        Ok(self
            .mailbox_id
            .folder(Method::GET, &self.folder_id, "/items/{itemId}")
            .exchange_id("itemId", self.item_id)
            .raw())
    }
}
