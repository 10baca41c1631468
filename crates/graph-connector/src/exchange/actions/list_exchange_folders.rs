//! `list_exchange_folders`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAILBOX_FOLDERS_READ;
use crate::vocabulary::{MailboxFolder, MailboxFolderId, MailboxId};

/// List the folders at the top of a mailbox, or in one of its folders: those of mail, and those of any other kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "mailboxId": "MBX:e633c93d-f077-40d2-8c68-2ae455ceb72e@9b06a9b6-6879-4286-87c1-d29f7c059132" })]))]
pub struct ListExchangeFolders {
    /// The mailbox.
    mailbox_id: MailboxId,
    /// List what is in this folder; the default is the top of the mailbox.
    parent_folder_id: Option<MailboxFolderId>,
    /// OData query options.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListExchangeFolders {
    type Output = List<MailboxFolder>;
    const SPEC: Spec =
        Spec::new("list_exchange_folders", "List Exchange folders", Effect::Read).scopes(MAILBOX_FOLDERS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<MailboxFolder>>> {
        let mut query = self.query.unwrap_or_default();
        query.top.get_or_insert(self.pages.page_size(100));
        let list = self.mailbox_id.folders(Method::GET, self.parent_folder_id.as_ref());
        Ok(query.apply(list).pages(self.pages.paging()?))
    }
}
