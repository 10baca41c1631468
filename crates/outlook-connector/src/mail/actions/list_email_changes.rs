//! `list_email_changes`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, PagedChanges, Pages, Plan, Result, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_SEE;
use crate::vocabulary::{FolderId, Mailbox, Message};

/// List what has changed in a folder since an earlier call: what was added, changed or removed. The first call lists
/// what is there. A message that was moved to another folder counts as gone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "inbox", "select": ["subject"] })]))]
#[schemars(transform = rules::at_most_one(&["pageToken", "deltaToken"]))]
pub struct ListEmailChanges {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder. Subfolders have changes of their own.
    folder_id: FolderId,
    /// The `deltaToken` of an earlier answer; the changes since then are returned.
    #[schemars(length(min = 1))]
    delta_token: Option<String>,
    /// Only changes of this kind. It counts for the first call; later calls keep it.
    change_type: Option<ChangeType>,
    /// Only these properties of each message, as Graph names them. The `id` is always included. The selection counts
    /// for the first call; later calls keep it.
    #[schemars(length(min = 1, max = 100), inner(length(min = 1, max = 200)))]
    select: Option<Vec<String>>,
    /// Limits of the list. Removed items count too.
    #[serde(flatten)]
    pages: Pages,
}

/// A kind of change.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum ChangeType {
    /// The item was added to the folder.
    Created,
    /// The item was changed.
    Updated,
    /// The item was removed from the folder.
    Deleted,
}

impl Action for ListEmailChanges {
    type Output = PagedChanges<Message>;
    const SPEC: Spec = Spec::new("list_email_changes", "List email changes", Effect::Read).scopes(MAIL_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<PagedChanges<Message>>> {
        let request =
            self.mailbox.root(cx)?.get("/mailFolders/{folder}/messages/delta").exchange_id("folder", self.folder_id.0);
        let kind = self.change_type.map(|kind| match kind {
            ChangeType::Created => "created",
            ChangeType::Updated => "updated",
            ChangeType::Deleted => "deleted",
        });
        let request =
            request.query_opt("changeType", kind).query_opt("$select", self.select.as_deref().and_then(odata::select));
        request
            .prefer(format!("odata.maxpagesize={}", self.pages.page_size(100)))
            .changes_by_page(self.delta_token.as_deref(), &self.pages)
    }
}
