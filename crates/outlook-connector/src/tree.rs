//! Folders in folders, level by level: all that is pending is asked for at once, so a walk takes as many
//! rounds as the tree is deep.

use connector_sdk::{Json, Order, Page, PageGuard, Plan, Request, Response, Result, Then};

/// A list of folders that is still to be read, and the folder that they are in.
pub struct Branch {
    /// The folder; none at the top.
    pub parent: Option<String>,
    /// Its folders.
    pub list: Request,
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
                if let Err(error) = answer.and_then(|answer| self.page(branch, &answer, &mut next)) {
                    return Plan::Fail(error);
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

/// The ids of all folders.
pub struct Ids<F> {
    /// Those that were found.
    pub found: Vec<String>,
    /// Where the folders in a folder are.
    pub children: F,
}

impl<F: Fn(&str) -> Request + Send + 'static> Visitor for Ids<F> {
    fn folder(&mut self, _: Option<&str>, folder: Json) -> Result<Option<Branch>> {
        #[derive(serde::Deserialize)]
        struct Folder {
            id: String,
        }
        let Some(Folder { id }) = folder.read_what_fits() else { return Ok(None) };
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
