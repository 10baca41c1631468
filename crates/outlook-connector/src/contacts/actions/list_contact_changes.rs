//! `list_contact_changes`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, PagedChanges, Pages, Plan, Result, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_READ;
use crate::vocabulary::{Contact, ContactFolderId, Mailbox};

/// List what has changed in a folder of contacts since an earlier call: what was added, changed or removed. The first
/// call lists what is there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "select": ["displayName"] })]))]
#[schemars(transform = rules::at_most_one(&["pageToken", "deltaToken"]))]
pub struct ListContactChanges {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact folder; the default is the mailbox's Contacts folder.
    folder_id: Option<ContactFolderId>,
    /// The `deltaToken` of an earlier answer; the changes since then are returned.
    #[schemars(length(min = 1))]
    delta_token: Option<String>,
    /// Only these properties of each contact, as Graph names them. The `id` is always included. The selection counts
    /// for the first call; later calls keep it.
    #[schemars(length(min = 1, max = 100), inner(length(min = 1, max = 200)))]
    select: Option<Vec<String>>,
    /// Limits of the list. Removed items count too.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListContactChanges {
    type Output = PagedChanges<Contact>;
    const SPEC: Spec =
        Spec::new("list_contact_changes", "List contact changes", Effect::Read).scopes(CONTACTS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<PagedChanges<Contact>>> {
        let folder = self.folder_id.map_or_else(|| "contacts".to_owned(), |folder| folder.0);
        let request =
            self.mailbox.root(cx)?.get("/contactFolders/{folder}/contacts/delta").exchange_id("folder", folder);
        let request = request
            .query_opt("$select", self.select.as_deref().and_then(odata::select))
            .prefer(format!("odata.maxpagesize={}", self.pages.page_size(100)));
        request.changes_by_page(self.delta_token.as_deref(), &self.pages)
    }
}
