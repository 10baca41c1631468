//! `list_drives`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, List, Pages, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_READ;
use crate::vocabulary::{Drive, Owner};

/// List the drives of a user, a group or a site.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "owner": "user", "ownerId": "meganb@contoso.example" })]))]
#[schemars(transform = rules::only_with(&["ownerId", "owner=user", "owner=group", "owner=site"]))]
#[schemars(transform = rules::needed_with(&["ownerId", "owner=user", "owner=group", "owner=site"]))]
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
    const SPEC: Spec = Spec::new("list_drives", "List drives", Effect::Read).scopes(FILES_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Drive>>> {
        let drives = match (self.owner, self.owner_id) {
            (Owner::Me, None) => cx.person(None, "ownerId")?.get("/drives"),
            (Owner::Me, Some(_)) => return Err(Error::invalid("/ownerId", "the drives of `me` need no id; name `owner`")),
            (_, None) => return Err(Error::invalid("/ownerId", "say whose drives: the id is missing")),
            (Owner::User, Some(id)) => Request::get("/users/{user}/drives").with("user", id),
            (Owner::Group, Some(id)) => Request::get("/groups/{group}/drives").with("group", id),
            (Owner::Site, Some(id)) => Request::get("/sites/{site}/drives").with("site", id),
        };
        Ok(drives.pages(self.pages.paging()?))
    }
}
