//! `list_drives`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{DRIVES_SEE, FILES_READ};
use crate::vocabulary::{Drive, DrivesOf};

/// List the drives of a user, a group or a site.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "owner": "user", "ownerId": "meganb@contoso.example" })]))]
pub struct ListDrives {
    /// Whose.
    #[serde(flatten)]
    of: DrivesOf,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListDrives {
    type Output = List<Drive>;
    const SPEC: Spec = Spec::new("list_drives", "List drives", Effect::Read)
        .scopes(FILES_READ)
        .cases(&[ScopeCase::instead("they are those of a group or of another user", DRIVES_SEE)])
        .list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Drive>>> {
        Ok(self.of.request(cx)?.pages(self.pages.paging()?))
    }
}
