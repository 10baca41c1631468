//! `list_group_owners`

use connector_sdk::{Action, Context, Count, Effect, List, Pages, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::OWNERS_READ;
use crate::vocabulary::{DirectoryObject, GroupId};

/// List the owners of a group. Version 1.0 of Graph leaves out owners that are service principals.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206" })]))]
pub struct ListGroupOwners {
    /// The group.
    group: GroupId,
    /// Whether to count.
    #[serde(flatten)]
    count: Count,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListGroupOwners {
    type Output = List<DirectoryObject>;
    const SPEC: Spec = Spec::new("list_group_owners", "List group owners", Effect::Read).scopes(OWNERS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<DirectoryObject>>> {
        let owners = Request::get("/groups/{group}/owners").path_param("group", self.group.0);
        Ok(advanced::counted(owners, self.count).pages(self.pages.paging()?))
    }
}
