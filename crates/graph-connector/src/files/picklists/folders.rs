//! `folders`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Json, Picklist, Plan, Request, Result, Spec};
use http::Method;
use outlook_connector::tree::{self, Branch, Visitor};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::FILES_READ;
use crate::vocabulary::{DriveId, DriveRoot};

/// The folders of a drive, as a tree.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Folders {
    /// The drive; the default is the OneDrive of the signed-in user, or of the default user of an app's connection.
    drive: Option<DriveId>,
}

impl Picklist for Folders {
    const SPEC: Spec = Spec::new("folders", "Folders", Effect::Read).scopes(FILES_READ);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let drive = DriveRoot::of(self.drive.as_ref(), cx, "drive")?;
        let top = Branch { parent: None, list: options(drive.request(Method::GET, "/root/children")) };
        Ok(tree::walk(Offered { drive, choices: Vec::new() }, top).map(move |offered| {
            Choices::new(offered.choices.into_iter().filter(|choice| choice.matches(ask.search.as_deref())).collect())
        }))
    }
}

fn options(request: Request) -> Request {
    request.query("$select", "id,name,folder").query("$top", 200)
}

struct Offered {
    drive: DriveRoot,
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
        self.choices.push(
            Choice::new(item.id.clone(), item.name.unwrap_or_else(|| item.id.clone()))
                .with_parent(parent.map(str::to_owned)),
        );
        if folder.child_count == Some(0) {
            return Ok(None);
        }
        let list = self.drive.request(Method::GET, "/items/{item}/children").path_param("item", item.id.as_str());
        Ok(Some(Branch { parent: Some(item.id), list: options(list) }))
    }
}
