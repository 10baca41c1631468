//! `list_contacts`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, QueryWithoutSearch, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_READ;
use crate::vocabulary::{Contact, ContactFolderId, Mailbox};

/// List the contacts of a folder. There is no limit on the number: pages are returned as they arrive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 10, "query": { "select": ["displayName", "emailAddresses"], "orderby": "displayName" } })]))]
pub struct ListContacts {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact folder; the default is the mailbox's Contacts folder.
    folder_id: Option<ContactFolderId>,
    /// OData query options. Graph has no `search` for contacts: use `search_contacts`.
    query: Option<QueryWithoutSearch>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

/// How many contacts a page holds when nothing is said.
const PAGE: u32 = 100;

impl Action for ListContacts {
    type Output = List<Contact>;
    const SPEC: Spec = Spec::new("list_contacts", "List contacts", Effect::Read).scopes(CONTACTS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Contact>>> {
        let mut query = Query::from(self.query.unwrap_or_default());
        query.top.get_or_insert(self.pages.page_size(PAGE));
        let root = self.mailbox.root(cx)?;
        let request = match self.folder_id {
            Some(folder) => root.get("/contactFolders/{folder}/contacts").exchange_id("folder", folder.0),
            None => root.get("/contacts"),
        };
        Ok(query.apply(request).pages(self.pages.paging()?))
    }
}
