//! `list_contact_folders`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_READ;
use crate::vocabulary::{ContactFolder, ContactFolderId, Mailbox};

/// List the folders of contacts: those at the top, or those in another folder. The default folder is called `contacts`
/// and is not in the list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 10 })]))]
pub struct ListContactFolders {
    /// Whose folders.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The parent folder; without it, the folders at the top.
    parent_folder_id: Option<ContactFolderId>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListContactFolders {
    type Output = List<ContactFolder>;
    const SPEC: Spec =
        Spec::new("list_contact_folders", "List contact folders", Effect::Read).scopes(CONTACTS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<ContactFolder>>> {
        let root = self.mailbox.root(cx)?;
        let request = match self.parent_folder_id {
            Some(folder) => root.get("/contactFolders/{folder}/childFolders").exchange_id("folder", folder.0),
            None => root.get("/contactFolders"),
        };
        Ok(request.query("$top", self.pages.page_size(100)).pages(self.pages.paging()?))
    }
}
