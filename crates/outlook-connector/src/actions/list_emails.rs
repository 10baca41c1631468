//! `list_emails`

use connector_sdk::{Action, Context, Effect, Error, List, Plan, Query, Result, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::vocabulary::{FolderId, MailboxId, Message};

/// How many messages a page holds when nothing is said: Graph's own default of 10 makes ten times the requests.
const PAGE: u64 = 100;

/// List the messages of a folder, the newest first unless the query says otherwise. Any number of messages can be read: they are handed on as their pages arrive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "limit": 5, "query": { "select": ["subject", "from", "receivedDateTime"], "filter": "isRead eq false" } }),
    json!({ "folderId": "sentitems", "limit": 10 })
]))]
pub struct ListEmails {
    /// Whose mail; the default is the signed-in user's.
    pub mailbox: Option<MailboxId>,
    /// The folder; the default is the inbox.
    pub folder_id: Option<FolderId>,
    /// OData query options. `search` cannot be combined with `filter` or `orderby` on messages.
    pub query: Option<Query>,
    /// At most so many messages; the default is 200.
    #[schemars(range(min = 1))]
    pub limit: Option<u64>,
    /// The `nextPageToken` of an earlier answer, to go on from there.
    pub page_token: Option<String>,
    /// Read to the end of the folder, without a limit.
    #[serde(default)]
    pub fetch_all: bool,
}

impl Action for ListEmails {
    type Output = List<Message>;
    const SPEC: Spec = Spec::new("list_emails", "List emails", Effect::Read)
        .delegated(&["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"])
        .shared(&["Mail.Read.Shared", "Mail.ReadWrite.Shared"])
        .application(&["Mail.ReadBasic.All", "Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"])
        .list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Message>>> {
        let mut query = self.query.unwrap_or_default();
        if query.search.is_some() && (query.filter.is_some() || query.orderby.is_some()) {
            return Err(Error::invalid(
                "/query/search",
                "Graph cannot combine `search` with `filter` or `orderby` on messages; write the condition into the search",
            ));
        }
        let paging = odata::paging(self.limit, self.page_token.as_deref(), self.fetch_all)?;
        query.top.get_or_insert(paging.limit.unwrap_or(PAGE).min(PAGE) as u32);
        let request = MailboxId::root(self.mailbox.as_ref(), cx)?
            .get("/mailFolders/{folder}/messages")
            .item("folder", self.folder_id.unwrap_or_default().0);
        Ok(query.apply(request).pages(paging))
    }
}
