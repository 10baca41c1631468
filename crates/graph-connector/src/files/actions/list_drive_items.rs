//! `list_drive_items`

use connector_sdk::schema::rules;
use connector_sdk::{
    Action, Context, Effect, Error, Json, Levels, List, Pages, Plan, Query, Result, Spec, UnreadFolder,
};
use http::Method;
use outlook_connector::tree::{self, Branch, Visitor};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_READ;
use crate::vocabulary::{DriveItem, DriveRoot, FolderPlace};

/// List the items of a folder, or also of all folders below it, level by level.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "folderPath": "Documents", "recursive": true, "fetchAll": true })]))]
#[schemars(transform = rules::at_most_one(&["recursive=true", "pageToken"]))]
pub struct ListDriveItems {
    /// Which folder.
    #[serde(flatten)]
    folder: FolderPlace,
    /// List the items of all folders below it too, at any depth. Items beyond `limit` are left out, without a
    /// `nextPageToken`. `parentReference` of each item names its folder.
    #[serde(default)]
    recursive: bool,
    /// OData query options. With `recursive` no `filter`, `search` and `orderby`: they would apply to one level only.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListDriveItems {
    type Output = Levels<DriveItem>;
    const SPEC: Spec = Spec::new("list_drive_items", "List files and folders", Effect::Read).scopes(FILES_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<Levels<DriveItem>>> {
        let mut query = self.query.unwrap_or_default();
        query.top.get_or_insert(self.pages.page_size(200));
        let drive = DriveRoot::of(self.folder.drive.as_ref(), cx, "drive")?;
        let list = query.apply(self.folder.request(cx, Method::GET, "/children")?);
        let paging = self.pages.paging()?;
        if !self.recursive {
            return Ok(list.pages(paging).map(Levels::from));
        }
        if paging.from.is_some() {
            return Err(Error::invalid("/pageToken", "a list of all levels has no page tokens"));
        }
        let of_one_level = [
            ("filter", query.filter.is_some()),
            ("search", query.search.is_some()),
            ("orderby", query.orderby.is_some()),
        ];
        if let Some((name, _)) = of_one_level.into_iter().find(|(_, given)| *given) {
            return Err(Error::invalid(
                format!("/query/{name}"),
                "this does not work with `recursive`: leave out one of the two",
            ));
        }
        let walk = Walk { drive, query, left: paging.limit, found: Vec::new(), unread: Vec::new() };
        Ok(tree::walk(walk, Branch { parent: None, list }).map(|walk| Levels::new(List::end(), walk.unread)))
    }
}

struct Walk {
    drive: DriveRoot,
    query: Query,
    left: Option<u64>,
    found: Vec<Json>,
    unread: Vec<UnreadFolder>,
}

impl Visitor for Walk {
    fn folder(&mut self, _: Option<&str>, item: Json) -> Result<Option<Branch>> {
        #[derive(Deserialize)]
        struct Item {
            id: String,
            folder: Option<Folder>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Folder {
            child_count: Option<u64>,
        }
        let known = item.read_what_fits();
        self.found.push(item);
        // One without an id is told, and nobody can look into it.
        let Some(Item { id, folder }) = known else { return Ok(None) };
        if folder.is_none_or(|folder| folder.child_count == Some(0)) {
            return Ok(None);
        }
        let list = self.drive.request(Method::GET, "/items/{item}/children").path_param("item", id.as_str());
        Ok(Some(Branch { parent: Some(id), list: self.query.apply(list) }))
    }

    fn unread(&mut self, folder: UnreadFolder) {
        self.unread.push(folder);
    }

    fn level(&mut self) -> (Vec<Json>, bool) {
        let mut found = std::mem::take(&mut self.found);
        if let Some(left) = &mut self.left {
            found.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= found.len() as u64;
        }
        (found, self.left != Some(0))
    }
}
