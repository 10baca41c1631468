//! Folders in folders, level by level: all that is pending is asked for at once, so a walk takes as many
//! rounds as the tree is deep.

use connector_sdk::{Code, Json, Order, Page, PageGuard, Plan, Request, Response, Result, Target, Then};

/// A list of folders that is still to be read, and the folder that they are in.
pub struct Branch {
    /// The folder; none at the top.
    pub parent: Option<String>,
    /// Its folders.
    pub list: Request,
}

impl Branch {
    fn is_a_found_folder(&self) -> bool {
        self.parent.is_some() && !matches!(self.list.target, Target::Link(_))
    }
}

/// What somebody makes of the folders that a walk finds.
pub trait Visitor: Send + Sized + 'static {
    /// Takes a folder, and says where the folders in it are, if there may be any.
    ///
    /// # Errors
    /// Those of reading it; they end the walk.
    fn folder(&mut self, parent: Option<&str>, folder: Json) -> Result<Option<Branch>>;

    /// After each level: what is handed out of it, and whether to go on.
    fn level(&mut self) -> (Vec<Json>, bool) {
        (Vec::new(), true)
    }
}

/// Walks through all folders below, and returns the visitor.
pub fn walk<V: Visitor>(visitor: V, top: Branch) -> Plan<V> {
    Walk { visitor, guard: PageGuard::default() }.down(vec![top])
}

struct Walk<V> {
    visitor: V,
    guard: PageGuard,
}

impl<V: Visitor> Walk<V> {
    fn down(mut self, pending: Vec<Branch>) -> Plan<V> {
        if pending.is_empty() {
            return Plan::Done(self.visitor);
        }
        let requests = pending.iter().map(|branch| branch.list.clone()).collect();
        let read = move |answers: Vec<Result<Response>>| {
            let mut next = Vec::new();
            for (branch, answer) in pending.iter().zip(answers) {
                match answer.and_then(|answer| self.page(branch, &answer, &mut next)) {
                    Ok(()) => {}
                    // A folder that was found a moment ago and is gone now has nothing in it. The link to a page is
                    // another matter.
                    Err(error) if error.code() == Code::NotFound && branch.is_a_found_folder() => {}
                    Err(error) => return Plan::Fail(error),
                }
            }
            let (items, goes_on) = self.visitor.level();
            if !goes_on {
                next.clear();
            }
            match items.is_empty() {
                true => self.down(next),
                false => Plan::emit(items, move || self.down(next)),
            }
        };
        Plan::All(requests, Order::Any, Then::new(read))
    }

    fn page(&mut self, branch: &Branch, answer: &Response, next: &mut Vec<Branch>) -> Result<()> {
        let page = Page::read(answer)?;
        if let Some(link) = page.next {
            self.guard.check(&page.items, page.items.is_empty(), &link)?;
            next.push(Branch { parent: branch.parent.clone(), list: branch.list.at(link) });
        }
        for folder in page.items {
            next.extend(self.visitor.folder(branch.parent.as_deref(), folder)?);
        }
        Ok(())
    }
}

/// The ids of the folders of one level, in their order.
pub fn level(pending: Vec<Branch>) -> Plan<Vec<String>> {
    struct Level(Vec<String>);
    impl Visitor for Level {
        fn folder(&mut self, _: Option<&str>, folder: Json) -> Result<Option<Branch>> {
            self.0.extend(id_of(&folder));
            Ok(None)
        }
    }
    Walk { visitor: Level(Vec::new()), guard: PageGuard::default() }.down(pending).map(|level| level.0)
}

// One without an id cannot be looked into.
fn id_of(folder: &Json) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Folder {
        id: String,
    }
    folder.read_what_fits::<Folder>().map(|folder| folder.id)
}

/// The ids of all folders.
pub struct Ids<F> {
    /// Those that were found.
    pub found: Vec<String>,
    /// Where the folders in a folder are.
    pub children: F,
}

impl<F: Fn(&str) -> Request + Send + 'static> Visitor for Ids<F> {
    fn folder(&mut self, _: Option<&str>, folder: Json) -> Result<Option<Branch>> {
        let Some(id) = id_of(&folder) else { return Ok(None) };
        let list = (self.children)(&id);
        self.found.push(id.clone());
        Ok(Some(Branch { parent: Some(id), list }))
    }
}

/// The ids of a folder and of all folders below it, that folder first. `children` says where the folders
/// in a folder are.
pub fn ids<F: Fn(&str) -> Request + Send + 'static>(folder: String, top: Request, children: F) -> Plan<Vec<String>> {
    walk(Ids { found: vec![folder], children }, Branch { parent: None, list: top }).map(|ids| ids.found)
}

#[cfg(test)]
mod tests {
    use connector_sdk::Rehearsal;

    use super::*;

    fn walk_over(script: Vec<Response>) -> Result<Vec<String>> {
        let below = |folder: &str| Request::get("/me/mailFolders/{folder}/childFolders").with("folder", folder);
        Rehearsal::new(script).run(ids("top".to_owned(), below("top"), below))
    }

    #[test]
    fn a_folder_that_is_gone_ends_no_walk() {
        let page = |text: &str| Response::new(200, text.to_owned());
        let gone = || Response::new(404, r#"{"error":{"code":"ErrorItemNotFound","message":"gone"}}"#);
        let two = || page(r#"{"value":[{"id":"a"},7,{"id":null},{"id":"b"}]}"#);
        let none = || page(r#"{"value":[]}"#);
        assert_eq!(walk_over(vec![two(), gone(), none()]).unwrap(), ["top", "a", "b"]);
        assert_eq!(walk_over(vec![gone()]).unwrap_err().code(), Code::NotFound, "the folder that was asked for");
        let more = page(r#"{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/me/x?$skip=1"}"#);
        assert_eq!(walk_over(vec![two(), more, none(), gone()]).unwrap_err().code(), Code::NotFound, "a page of it");
        let refused = Response::new(403, "{}");
        assert_eq!(walk_over(vec![two(), refused, none()]).unwrap_err().code(), Code::Forbidden);
    }
}
