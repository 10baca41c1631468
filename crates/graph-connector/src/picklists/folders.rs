//! `folders`

use connector_sdk::{Ask, Choice, Choices, Context, Effect, Json, Picklist, Plan, Request, Result, Spec};
use http::Method;
use outlook_connector::tree::{self, Branch, Visitor};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::FILES_READ;
use crate::vocabulary::{DriveId, FolderPlace, ItemId};

/// The folders of a drive, as a tree.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Folders {
    /// The drive; the default is the OneDrive of the signed-in user.
    drive: Option<DriveId>,
}

impl Picklist for Folders {
    const SPEC: Spec = Spec::new("folders", "Folders", Effect::Read).scopes(FILES_READ);

    fn choices(self, ask: Ask, _: &Context) -> Result<Plan<Choices>> {
        let top = FolderPlace { drive: self.drive.clone(), ..FolderPlace::default() };
        let top = Branch { parent: None, list: options(top.request(Method::GET, "/children")?) };
        Ok(tree::walk(Offered { drive: self.drive, choices: Vec::new() }, top).map(move |offered| Choices {
            choices: offered.choices.into_iter().filter(|choice| choice.matches(ask.search.as_deref())).collect(),
            next_page_token: None,
        }))
    }
}

fn options(request: Request) -> Request {
    request.query("$select", "id,name,folder").query("$top", 200)
}

struct Offered {
    drive: Option<DriveId>,
    choices: Vec<Choice>,
}

impl Visitor for Offered {
    fn folder(&mut self, parent: Option<&str>, item: Json) -> Result<Option<Branch>> {
        #[derive(Deserialize)]
        struct Item {
            id: String,
            name: Option<String>,
            folder: Option<Folder>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Folder {
            child_count: Option<u64>,
        }
        let Some(item) = item.read_what_fits::<Item>() else { return Ok(None) };
        let Some(folder) = item.folder else { return Ok(None) };
        self.choices.push(Choice {
            parent: parent.map(str::to_owned),
            ..Choice::new(item.id.clone(), item.name.unwrap_or_else(|| item.id.clone()))
        });
        if folder.child_count == Some(0) {
            return Ok(None);
        }
        let below = FolderPlace { drive: self.drive.clone(), folder_id: Some(ItemId(item.id.clone())), folder_path: None };
        Ok(Some(Branch { parent: Some(item.id), list: options(below.request(Method::GET, "/children")?) }))
    }
}
