//! `list_mail_folders`

use connector_sdk::schema::rules;
use connector_sdk::{
    Action, Context, Effect, Error, Json, Levels, List, Pages, Plan, Query, Request, Result, Root, Spec, UnreadFolder,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_SEE;
use crate::tree::{self, Branch, Visitor};
use crate::vocabulary::{FolderId, MailFolder, Mailbox};

/// List the mail folders at the top of a mailbox or in another folder; or all folders below, level by level.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 10 }), json!({ "recursive": true, "fetchAll": true })]))]
#[schemars(transform = rules::at_most_one(&["recursive=true", "pageToken"]))]
pub struct ListMailFolders {
    /// Whose folders.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The parent folder; without it, the folders at the top.
    parent_folder_id: Option<FolderId>,
    /// List the folders at any depth too. Folders beyond `limit` are left out, without a `nextPageToken`.
    /// `parentFolderId` of each folder names its parent.
    #[serde(default)]
    recursive: bool,
    /// List hidden folders too.
    #[serde(default)]
    include_hidden: bool,
    /// OData query options. With `recursive` no `filter`, `search`, `orderby` and `count`: they would leave out folders
    /// on the way, or apply to one level only.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListMailFolders {
    type Output = Levels<MailFolder>;
    const SPEC: Spec = Spec::new("list_mail_folders", "List mail folders", Effect::Read).scopes(MAIL_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<Levels<MailFolder>>> {
        let mut query = self.query.unwrap_or_default();
        query.top.get_or_insert(self.pages.page_size(100));
        let of_one_level = [
            ("filter", query.filter.is_some()),
            ("search", query.search.is_some()),
            ("orderby", query.orderby.is_some()),
            ("count", query.count.is_some()),
        ];
        let of_one_level = of_one_level.into_iter().find_map(|(name, given)| given.then_some(name));
        let root = self.mailbox.root(cx)?;
        let first = match self.parent_folder_id {
            Some(folder) => root.get("/mailFolders/{folder}/childFolders").exchange_id("folder", folder.0),
            None => root.get("/mailFolders"),
        };
        let paging = self.pages.paging()?;
        let hidden = self.include_hidden;
        let options = move |request: Request| {
            let request = query.apply(request);
            if hidden { request.query("includeHiddenFolders", true) } else { request }
        };
        if !self.recursive {
            return Ok(options(first).pages(paging).map(Levels::from));
        }
        if paging.from.is_some() {
            return Err(Error::invalid("/pageToken", "a list of all levels has no page tokens"));
        }
        if let Some(name) = of_one_level {
            return Err(Error::invalid(
                format!("/query/{name}"),
                "this does not work with `recursive`: leave out one of the two",
            ));
        }
        let top = Branch { parent: None, list: options(first) };
        let walk = Walk {
            root,
            hidden,
            options: Box::new(options),
            left: paging.limit,
            found: Vec::new(),
            unread: Vec::new(),
        };
        Ok(tree::walk(walk, top).map(|walk| Levels::new(List::end(), walk.unread)))
    }
}

// Hands out what it finds, and looks for hidden folders everywhere.
struct Walk {
    root: Root,
    hidden: bool,
    options: Box<dyn Fn(Request) -> Request + Send>,
    left: Option<u64>,
    found: Vec<Json>,
    unread: Vec<UnreadFolder>,
}

impl Visitor for Walk {
    fn folder(&mut self, _: Option<&str>, folder: Json) -> Result<Option<Branch>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Folder {
            id: String,
            // Absent where it was not selected; then there may be some.
            child_folder_count: Option<u32>,
        }
        let known = folder.read_what_fits();
        self.found.push(folder);
        // One without an id is told, and nobody can look into it.
        let Some(Folder { id, child_folder_count }) = known else { return Ok(None) };
        // A hidden folder may not be in the count.
        let may_have = self.hidden || child_folder_count != Some(0);
        Ok(may_have.then(|| {
            let list = self.root.get("/mailFolders/{folder}/childFolders").exchange_id("folder", id.as_str());
            Branch { parent: Some(id), list: (self.options)(list) }
        }))
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
