//! `list_emails`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Levels, Pages, Plan, Query, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::mail::folders;
use crate::one_by_one::in_folders;
use crate::ordered::ordered;
use crate::permissions::MAIL_SEE;
use crate::vocabulary::{FolderId, Mailbox, Message};

/// How many messages a page holds when nothing is said: Graph's own default of 10 makes ten times the requests.
const PAGE: u32 = 100;

/// List the messages of a folder, the newest first unless the query says otherwise. There is no limit on the number:
/// pages are returned as they arrive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "limit": 5, "query": { "select": ["subject", "from", "receivedDateTime"], "filter": "isRead eq false" } }),
    json!({ "folderId": "sentitems", "limit": 10 }),
    json!({ "includeSubfolders": true, "limit": 20, "query": { "select": ["subject", "parentFolderId"] } })
]))]
#[schemars(transform = rules::at_most_one(&["includeSubfolders=true", "pageToken"]))]
pub struct ListEmails {
    /// Whose mail.
    #[serde(flatten)]
    pub mailbox: Mailbox,
    /// The folder; the default is the inbox.
    pub folder_id: Option<FolderId>,
    /// List the messages of all folders below it too: one folder after the other and level by level, so that the order
    /// holds within each. Folders are read only until `limit` is reached. Messages beyond `limit` are left out, without
    /// a `nextPageToken`.
    #[serde(default)]
    pub include_subfolders: bool,
    /// OData query options. On messages, `search` goes with neither `filter` nor `orderby`.
    #[schemars(transform = rules::at_most_one(&["filter", "search"]), transform = rules::at_most_one(&["orderby", "search"]))]
    pub query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pub pages: Pages,
}

impl Action for ListEmails {
    type Output = Levels<Message>;
    const SPEC: Spec = Spec::new("list_emails", "List emails", Effect::Read).scopes(MAIL_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<Levels<Message>>> {
        let mut query = self.query.unwrap_or_default();
        if query.search.is_some() && (query.filter.is_some() || query.orderby.is_some()) {
            return Err(Error::invalid(
                "/query/search",
                "Graph cannot combine `search` with `filter` or `orderby` on messages; write the condition into the search",
            ));
        }
        let paging = self.pages.paging()?;
        query.top.get_or_insert(self.pages.page_size(PAGE));
        ordered(&mut query);
        let root = self.mailbox.root(cx)?;
        let folder = self.folder_id.unwrap_or_default();
        let below = folders::below(&root);
        let list =
            move |folder: &str| query.apply(root.get("/mailFolders/{folder}/messages").exchange_id("folder", folder));
        if !self.include_subfolders {
            return Ok(list(&folder.0).pages(paging).map(Levels::from));
        }
        if paging.from.is_some() {
            return Err(Error::invalid("/pageToken", "a list of several folders has no page tokens"));
        }
        Ok(in_folders(folder.0.clone(), below(&folder.0), below, list, paging.limit, |_| true))
    }
}
