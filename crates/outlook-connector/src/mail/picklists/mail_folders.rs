//! `mail_folders`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Json, Picklist, Plan, Request, Result, Root, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::MAIL_SEE;
use crate::tree::{self, Branch, Visitor};
use crate::vocabulary::Mailbox;

/// The mail folders of a mailbox, as a tree.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailFolders {
    /// Whose folders.
    #[serde(flatten)]
    mailbox: Mailbox,
}

impl Picklist for MailFolders {
    const SPEC: Spec = Spec::new("mail_folders", "Mail folders", Effect::Read).scopes(MAIL_SEE);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let root = self.mailbox.root(cx)?;
        let top = Branch { parent: None, list: options(root.get("/mailFolders")) };
        Ok(tree::walk(Offered { root, choices: Vec::new() }, top).map(move |offered| {
            Choices::new(offered.choices.into_iter().filter(|choice| choice.matches(ask.search.as_deref())).collect())
        }))
    }
}

fn options(request: Request) -> Request {
    request.query("$select", "id,displayName,childFolderCount").query("$top", 100)
}

struct Offered {
    root: Root,
    choices: Vec<Choice>,
}

impl Visitor for Offered {
    fn folder(&mut self, parent: Option<&str>, folder: Json) -> Result<Option<Branch>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Folder {
            id: String,
            display_name: Option<String>,
            child_folder_count: Option<u32>,
        }
        let Some(folder) = folder.read_what_fits::<Folder>() else { return Ok(None) };
        self.choices.push(
            Choice::new(folder.id.clone(), folder.display_name.unwrap_or_else(|| folder.id.clone()))
                .with_parent(parent.map(str::to_owned)),
        );
        Ok((folder.child_folder_count != Some(0)).then(|| {
            let list = self.root.get("/mailFolders/{folder}/childFolders").exchange_id("folder", folder.id.as_str());
            Branch { parent: Some(folder.id), list: options(list) }
        }))
    }
}
