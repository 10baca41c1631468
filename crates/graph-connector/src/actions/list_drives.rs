//! `list_drives`

use connector_sdk::{Action, Context, Effect, Error, List, Pages, Plan, Request, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{DRIVES_SEE, FILES_READ};
use crate::vocabulary::{Drive, Owner};

/// List the drives of a user, a group or a site.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "owner": "user", "ownerId": "meganb@contoso.example" })]))]
pub struct ListDrives {
    /// Whose drives.
    #[serde(default)]
    owner: Owner,
    /// The id of the user, group or site; a user's principal name will do too. Not with `me`.
    #[schemars(length(min = 1, max = 400))]
    owner_id: Option<String>,
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
        let drives = match (self.owner, self.owner_id) {
            (Owner::Me, None) => cx.person(None, "ownerId")?.get("/drives"),
            (Owner::Me, Some(_)) => return Err(Error::invalid("/ownerId", "the drives of `me` need no id; name `owner`")),
            (_, None) => return Err(Error::invalid("/ownerId", "say whose drives: the id is missing")),
            (Owner::User, Some(id)) => {
                let root = cx.person(Some(&id), "ownerId")?;
                if root.is_shared() { root.get("/drives").under(DRIVES_SEE) } else { root.get("/drives") }
            }
            (Owner::Group, Some(id)) => Request::get("/groups/{group}/drives").with("group", id).under(DRIVES_SEE),
            (Owner::Site, Some(id)) => Request::get("/sites/{site}/drives").with("site", id),
        };
        Ok(drives.pages(self.pages.paging()?))
    }
}
