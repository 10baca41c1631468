//! `list_exchange_items`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAILBOX_ITEMS_READ;
use crate::vocabulary::{MailboxFolderId, MailboxId, MailboxItem};

/// List the items in a folder of a mailbox, of any kind: what they are and how large, not what is in them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "mailboxId": "MBX:e633c93d-f077-40d2-8c68-2ae455ceb72e@9b06a9b6-6879-4286-87c1-d29f7c059132", "folderId": "inbox", "limit": 5 })]))]
pub struct ListExchangeItems {
    /// The mailbox.
    mailbox_id: MailboxId,
    /// The folder.
    folder_id: MailboxFolderId,
    /// OData query options.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListExchangeItems {
    type Output = List<MailboxItem>;
    const SPEC: Spec =
        Spec::new("list_exchange_items", "List Exchange items", Effect::Read).scopes(MAILBOX_ITEMS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<MailboxItem>>> {
        let mut query = self.query.unwrap_or_default();
        query.top.get_or_insert(self.pages.page_size(100));
        let list = self.mailbox_id.folder(Method::GET, &self.folder_id, "/items");
        Ok(query.apply(list).pages(self.pages.paging()?))
    }
}
