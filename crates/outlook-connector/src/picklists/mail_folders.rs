//! `mail_folders`

use connector_sdk::{Ask, Choice, Choices, Context, Effect, Link, Order, Page, Picklist, Plan, Request, Result, Root, Spec, Then};
use schemars::JsonSchema;
use serde::Deserialize;

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
    const SPEC: Spec = Spec::new("mail_folders", "Mail folders", Effect::Read)
        .delegated(&["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"])
        .shared(&["Mail.Read.Shared", "Mail.ReadWrite.Shared"])
        .application(&["Mail.ReadBasic.All", "Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"]);

    fn choices(self, ask: Ask, cx: &Context) -> Result<Plan<Choices>> {
        let root = self.mailbox.root(cx)?;
        let top = Pending { parent: None, request: options(root.get("/mailFolders")) };
        Ok(level(root, vec![top], Vec::new()).map(move |choices| Choices {
            choices: choices.into_iter().filter(|choice| choice.matches(ask.search.as_deref())).collect(),
            next_page_token: None,
        }))
    }
}

// A page of folders that is still to be read, and the folder that they are in.
struct Pending {
    parent: Option<String>,
    request: Request,
}

fn options(request: Request) -> Request {
    request.query("$select", "id,displayName,childFolderCount").query("$top", 100)
}

// Reads all pending pages at once, then what they lead to: next pages and child folders. A mailbox
// takes as many rounds as its tree is deep.
fn level(root: Root, pending: Vec<Pending>, found: Vec<Choice>) -> Plan<Vec<Choice>> {
    if pending.is_empty() {
        return Plan::Done(found);
    }
    let requests = pending.iter().map(|pending| pending.request.clone()).collect();
    Plan::All(
        requests,
        Order::Any,
        Then::new(move |answers: Vec<Result<connector_sdk::Response>>| {
            let mut found = found;
            let mut next = Vec::new();
            for (asked, answer) in pending.into_iter().zip(answers) {
                match answer.and_then(|answer| read(&root, &asked, &answer)) {
                    Ok((choices, more)) => {
                        found.extend(choices);
                        next.extend(more);
                    }
                    Err(error) => return Plan::Fail(error),
                }
            }
            level(root, next, found)
        }),
    )
}

fn read(root: &Root, asked: &Pending, answer: &connector_sdk::Response) -> Result<(Vec<Choice>, Vec<Pending>)> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Folder {
        id: String,
        display_name: String,
        #[serde(default)]
        child_folder_count: u32,
    }
    let page = Page::read(answer)?;
    let mut more: Vec<Pending> =
        page.next.into_iter().map(|link: Link| Pending { parent: asked.parent.clone(), request: asked.request.at(link) }).collect();
    let mut choices = Vec::with_capacity(page.items.len());
    for item in page.items {
        let folder: Folder = item.read()?;
        if folder.child_folder_count > 0 {
            let children = root.get("/mailFolders/{folder}/childFolders").item("folder", folder.id.clone());
            more.push(Pending { parent: Some(folder.id.clone()), request: options(children) });
        }
        choices.push(Choice { parent: asked.parent.clone(), ..Choice::new(folder.id, folder.display_name) });
    }
    Ok((choices, more))
}
