//! `contact_folders`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::CONTACTS_READ;
use crate::vocabulary::{ContactFolder, ContactFolderId, Mailbox};

/// The folders of contacts at the top of a mailbox, or in another folder. The default folder is called `contacts`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactFolders {
    /// Whose folders.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The parent folder; without it, the folders at the top.
    parent_folder_id: Option<ContactFolderId>,
}

impl Picklist for ContactFolders {
    const SPEC: Spec = Spec::new("contact_folders", "Contact folders", Effect::Read).scopes(CONTACTS_READ);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let root = self.mailbox.root(cx)?;
        let parent = self.parent_folder_id.map(|folder| folder.0);
        let folders = match &parent {
            Some(folder) => root.get("/contactFolders/{folder}/childFolders").exchange_id("folder", folder.as_str()),
            None => root.get("/contactFolders"),
        };
        let search = ask.search;
        Ok(folders.query("$select", "id,displayName").query("$top", 100).choices_that(
            ask.from,
            move |folder: ContactFolder| {
                let choice =
                    Choice::new(folder.id, folder.display_name.unwrap_or_default()).with_parent(parent.clone());
                Some(choice).filter(|choice| choice.matches(search.as_deref()))
            },
        ))
    }
}
