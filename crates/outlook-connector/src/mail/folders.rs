//! Folders of messages: well-known names where Graph wants ids, and what Outlook keeps.

use connector_sdk::{Order, Plan, Request, Response, Result, Root};
use serde::Deserialize;

use crate::permissions::MAIL_SEE;
use crate::tree;
use crate::vocabulary::FolderId;

/// The ids of folders, in their order. Graph takes well-known names in an address, but documents only ids
/// in a body; so names are looked up, which takes a permission to see folders.
pub fn ids(root: &Root, folders: Vec<FolderId>) -> Plan<Vec<String>> {
    let requests: Vec<Request> =
        folders.iter().filter(|folder| is_name(&folder.0)).map(|folder| look_up(root, &folder.0)).collect();
    if requests.is_empty() {
        return Plan::done(folders.into_iter().map(|folder| folder.0).collect());
    }
    let go = move |answers: Vec<Result<Response>>| {
        let mut answers = answers.into_iter();
        let ids = folders.into_iter().map(|folder| match is_name(&folder.0).then(|| answers.next()).flatten() {
            Some(answer) => id(answer),
            None => Ok(folder.0),
        });
        Plan::from(ids.collect::<Result<Vec<String>>>())
    };
    Plan::all(requests, Order::Any, go)
}

/// The ids of a folder, as it was given, and of all folders below it; hidden ones are left out.
pub fn with_subfolders(root: &Root, folder: FolderId) -> Plan<tree::Found> {
    let below = below(root);
    tree::ids(folder.0.clone(), below(&folder.0), below)
}

/// Where the folders in a folder are; hidden ones are left out.
pub fn below(root: &Root) -> impl Fn(&str) -> Request + Clone + Send + 'static {
    let root = root.clone();
    move |folder: &str| {
        let list = root.get("/mailFolders/{folder}/childFolders").exchange_id("folder", folder);
        list.query("$select", "id").query("$top", 100)
    }
}

fn look_up(root: &Root, name: &str) -> Request {
    let request = root.get("/mailFolders/{folder}").exchange_id("folder", name).query("$select", "id");
    request.require(MAIL_SEE)
}

// Ids are far longer, and not letters alone.
fn is_name(folder: &str) -> bool {
    folder.len() < 40 && folder.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn id(answer: Result<Response>) -> Result<String> {
    #[derive(Deserialize)]
    struct Folder {
        id: String,
    }
    answer?.read::<Folder>().map(|folder| folder.id)
}

/// Says what to do where Outlook keeps a folder that every mailbox has.
pub fn kept<T: Send + 'static>(plan: Plan<T>) -> Plan<T> {
    plan.or_else(|error| {
        Plan::fail(if error.has_upstream_code("ErrorDeleteDistinguishedFolder") {
            error.with_hint(
                "Well-known folders such as the inbox stay where they are. Move or delete the messages in it, or choose another folder.",
            )
        } else {
            error
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_ids() {
        assert!(is_name("inbox") && is_name("SentItems"));
        assert!(!is_name("AAMkF1") && !is_name(&"a".repeat(120)));
    }
}
