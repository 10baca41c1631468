//! `create_search_folder`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::mail::folders;
use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FolderId, MailSearchFolder, Mailbox};

/// Create a folder that always shows the messages of other folders that meet a filter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "displayName": "Weekly", "sourceFolderIds": ["inbox"], "filterQuery": "contains(subject, 'weekly')" })]))]
pub struct CreateSearchFolder {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The name.
    #[schemars(length(min = 1, max = 255))]
    display_name: String,
    /// The folder to make it in; the default is the one for search folders, in which Outlook shows them.
    parent_folder_id: Option<FolderId>,
    /// The folders to search.
    #[schemars(length(min = 1, max = 50))]
    source_folder_ids: Vec<FolderId>,
    /// The OData filter that messages meet, such as `contains(subject, 'weekly')`.
    #[schemars(length(min = 1, max = 2000))]
    filter_query: String,
    /// Search the folders below them too.
    #[serde(default)]
    include_nested_folders: bool,
}

impl Action for CreateSearchFolder {
    type Output = Raw<MailSearchFolder>;
    const SPEC: Spec = Spec::new("create_search_folder", "Create search folder", Effect::Create).scopes(MAIL_WRITE);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MailSearchFolder>>> {
        let root = self.mailbox.root(cx)?;
        let parent = self.parent_folder_id.map_or_else(|| "searchfolders".to_owned(), |folder| folder.0);
        let request = root.post("/mailFolders/{folder}/childFolders").exchange_id("folder", parent);
        Ok(folders::ids(&root, self.source_folder_ids).and_then(move |sources| {
            let body = json!({
                "@odata.type": "microsoft.graph.mailSearchFolder", "displayName": self.display_name, "filterQuery": self.filter_query,
                "includeNestedFolders": self.include_nested_folders, "sourceFolderIds": sources,
            });
            request.json(body).raw()
        }))
    }
}
