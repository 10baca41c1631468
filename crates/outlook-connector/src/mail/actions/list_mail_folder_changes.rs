//! `list_mail_folder_changes`

use connector_sdk::{Action, Changes, Context, Effect, Plan, Result, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_SEE;
use crate::vocabulary::{MailFolder, Mailbox};

/// List which mail folders have changed since an earlier call: added, changed and removed ones. The first call lists
/// all of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "select": ["displayName"] })]))]
pub struct ListMailFolderChanges {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The `deltaToken` of an earlier answer; the changes since then are returned.
    #[schemars(length(min = 1))]
    delta_token: Option<String>,
    /// Only these properties of each folder, as Graph names them. The `id` is always included. The selection counts for
    /// the first call; later calls keep it.
    #[schemars(length(min = 1, max = 50), inner(length(min = 1, max = 200)))]
    select: Option<Vec<String>>,
}

impl Action for ListMailFolderChanges {
    type Output = Changes<MailFolder>;
    const SPEC: Spec =
        Spec::new("list_mail_folder_changes", "List mail folder changes", Effect::Read).scopes(MAIL_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<Changes<MailFolder>>> {
        let request = self
            .mailbox
            .root(cx)?
            .get("/mailFolders/delta")
            .query_opt("$select", self.select.as_deref().and_then(odata::select));
        request.prefer("odata.maxpagesize=100").changes_since(self.delta_token.as_deref())
    }
}
