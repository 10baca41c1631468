//! Folders in folders, level by level: all that is pending is asked for at once, so a walk takes as many
//! rounds as the tree is deep.

use connector_sdk::{Code, Error, Json, Order, Page, PageGuard, Plan, Request, Response, Result, Target, UnreadFolder};

/// A list of folders that is still to be read, and the folder that they are in.
pub struct Branch {
    /// The folder; none at the top.
    pub parent: Option<String>,
    /// Its folders.
    pub list: Request,
}

impl Branch {
    // The walk goes on without a folder that was found, unless the error is about more than it. One that was found a
    // moment ago and is gone now has nothing in it, and nothing to be told; the link to a page is another matter.
    fn passed_over(&self, error: &Error) -> std::result::Result<Option<UnreadFolder>, ()> {
        let Some(folder) = &self.parent else { return Err(()) };
        match error.code() {
            Code::NotFound if matches!(self.list.target, Target::Link(_)) => Err(()),
            Code::NotFound => Ok(None),
            _ if error.stops_all() => Err(()),
            _ => Ok(Some(UnreadFolder::new(folder.as_str(), error))),
        }
    }
}

/// What somebody makes of the folders that a walk finds.
pub trait Visitor: Send + Sized + 'static {
    /// Takes a folder, and says where the folders in it are, if there may be any.
    ///
    /// # Errors
    /// Those of reading it; they end the walk.
    fn folder(&mut self, parent: Option<&str>, folder: Json) -> Result<Option<Branch>>;

    /// Takes note of a folder that was found, and whose folders cannot be read: the walk goes on.
    fn unread(&mut self, _folder: UnreadFolder) {}

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
            return Plan::done(self.visitor);
        }
        let requests = pending.iter().map(|branch| branch.list.clone()).collect();
        let read = move |answers: Vec<Result<Response>>| {
            let mut next = Vec::new();
            for (branch, answer) in pending.iter().zip(answers) {
                let page = match answer.and_then(|answer| Page::read(&answer)) {
                    Ok(page) => page,
                    Err(error) => match branch.passed_over(&error) {
                        Ok(unread) => {
                            unread.into_iter().for_each(|folder| self.visitor.unread(folder));
                            continue;
                        }
                        Err(()) => return Plan::fail(error),
                    },
                };
                if let Err(error) = self.page(branch, page, &mut next) {
                    return Plan::fail(error);
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
        Plan::all(requests, Order::Any, read)
    }

    fn page(&mut self, branch: &Branch, page: Page, next: &mut Vec<Branch>) -> Result<()> {
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

/// The ids of folders, in their order, and those whose folders could not be read.
pub type Found = (Vec<String>, Vec<UnreadFolder>);

/// The ids of the folders of one level.
pub fn level(pending: Vec<Branch>) -> Plan<Found> {
    struct Level(Vec<String>, Vec<UnreadFolder>);
    impl Visitor for Level {
        fn folder(&mut self, _: Option<&str>, folder: Json) -> Result<Option<Branch>> {
            self.0.extend(id_of(&folder));
            Ok(None)
        }
        fn unread(&mut self, folder: UnreadFolder) {
            self.1.push(folder);
        }
    }
    let visitor = Level(Vec::new(), Vec::new());
    Walk { visitor, guard: PageGuard::default() }.down(pending).map(|level| (level.0, level.1))
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
    /// Those whose folders could not be read.
    pub unread: Vec<UnreadFolder>,
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

    fn unread(&mut self, folder: UnreadFolder) {
        self.unread.push(folder);
    }
}

/// The ids of a folder and of all folders below it, that folder first. `children` says where the folders
/// in a folder are.
pub fn ids<F: Fn(&str) -> Request + Send + 'static>(folder: String, top: Request, children: F) -> Plan<Found> {
    let visitor = Ids { found: vec![folder], unread: Vec::new(), children };
    walk(visitor, Branch { parent: None, list: top }).map(|ids| (ids.found, ids.unread))
}

#[cfg(test)]
mod tests {
    use connector_sdk::ScriptedRun;

    use super::*;

    fn walk_over(script: Vec<Response>) -> Result<Found> {
        let below = |folder: &str| Request::get("/me/mailFolders/{folder}/childFolders").path_param("folder", folder);
        ScriptedRun::new(script).run(ids("top".to_owned(), below("top"), below))
    }

    #[test]
    fn a_folder_that_is_gone_ends_no_walk() {
        let page = |text: &str| Response::new(200, text.to_owned());
        let gone = || Response::new(404, r#"{"error":{"code":"ErrorItemNotFound","message":"gone"}}"#);
        let two = || page(r#"{"value":[{"id":"a"},7,{"id":null},{"id":"b"}]}"#);
        let none = || page(r#"{"value":[]}"#);
        assert_eq!(
            walk_over(vec![two(), gone(), none()]).unwrap(),
            (vec!["top".into(), "a".into(), "b".into()], vec![])
        );
        assert_eq!(walk_over(vec![gone()]).unwrap_err().code(), Code::NotFound, "the folder that was asked for");
        let more = page(r#"{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/me/x?$skip=1"}"#);
        assert_eq!(walk_over(vec![two(), more, none(), gone()]).unwrap_err().code(), Code::NotFound, "a page of it");
    }

    #[test]
    fn a_folder_that_cannot_be_read_ends_no_walk_and_is_told() {
        let page = |text: &str| Response::new(200, text.to_owned());
        let two = || page(r#"{"value":[{"id":"a"},{"id":"b"}]}"#);
        for refused in [Response::new(403, "{}"), Response::new(500, ""), page("{}")] {
            let (found, unread) =
                walk_over(vec![two(), refused, page(r#"{"value":[{"id":"c"}]}"#), page(r#"{"value":[]}"#)]).unwrap();
            assert_eq!(found, ["top", "a", "b", "c"]);
            assert_eq!(unread.iter().map(|folder| folder.id.as_str()).collect::<Vec<_>>(), ["a"]);
        }
        let error = |script| walk_over(script).unwrap_err().code();
        assert_eq!(error(vec![Response::new(403, "{}")]), Code::Forbidden, "the folder that was asked for");
        assert_eq!(error(vec![two(), page(r#"{"value":[]}"#), Response::new(429, "")]), Code::Throttled);
    }
}
