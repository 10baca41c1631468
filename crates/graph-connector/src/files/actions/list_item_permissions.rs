//! `list_item_permissions`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_READ;
use crate::vocabulary::{Permission, Place};

/// List who has access to a file or folder, by name and by link. Somebody who is not its owner sees only their own
/// access.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Minutes.txt" })]))]
pub struct ListItemPermissions {
    /// Which file or folder.
    #[serde(flatten)]
    place: Place,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListItemPermissions {
    type Output = List<Permission>;
    const SPEC: Spec = Spec::new("list_item_permissions", "List permissions of file or folder", Effect::Read)
        .scopes(FILES_READ)
        .list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Permission>>> {
        Ok(self.place.request(cx, Method::GET, "/permissions")?.pages(self.pages.paging()?))
    }
}
