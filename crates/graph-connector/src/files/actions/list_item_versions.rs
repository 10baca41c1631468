//! `list_item_versions`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_READ;
use crate::vocabulary::{DriveItemVersion, Place};

/// List the versions of a file, the latest first; the first is the current one. An administrator sets how many are
/// kept.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Minutes.txt" })]))]
pub struct ListItemVersions {
    /// Which file.
    #[serde(flatten)]
    place: Place,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListItemVersions {
    type Output = List<DriveItemVersion>;
    const SPEC: Spec = Spec::new("list_item_versions", "List versions of file", Effect::Read).scopes(FILES_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<DriveItemVersion>>> {
        Ok(self.place.request(cx, Method::GET, "/versions")?.pages(self.pages.paging()?))
    }
}
