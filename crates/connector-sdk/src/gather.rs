//! Collections that are read before anything else is done.

use crate::page_walk::read;
use crate::{Json, Page, PageGuard, Plan, Request};

impl Request {
    /// Reads a collection to its end and returns all items. It ends with the page that has no next link: a page may
    /// hold few items or none, and still not be the last.
    ///
    /// ```
    /// use connector_sdk::{Request, Response, ScriptedRun};
    ///
    /// let pages = [
    ///     Response::new(200, r#"{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/groups?$skip=1"}"#),
    ///     Response::new(200, r#"{"value":[{"id":"g1"}]}"#),
    /// ];
    /// let items = ScriptedRun::new(pages).run(Request::get("/groups").all_items()).unwrap();
    /// assert_eq!(items[0].as_str(), r#"{"id":"g1"}"#);
    /// ```
    pub fn all_items(self) -> Plan<Vec<Json>> {
        gather(self, usize::MAX, Vec::new(), PageGuard::default())
    }

    /// Reads a collection until an item comes, and returns it; `None` if the collection is empty.
    pub fn first_item(self) -> Plan<Option<Json>> {
        gather(self, 1, Vec::new(), PageGuard::default()).map(|found| found.into_iter().next())
    }
}

fn gather(request: Request, most: usize, mut found: Vec<Json>, mut guard: PageGuard) -> Plan<Vec<Json>> {
    let follow = request.clone();
    read(request, Page::read, move |page| {
        let (before, empty) = (found.len(), page.items.is_empty());
        found.extend(page.items);
        if found.len() >= most {
            found.truncate(most);
            return Plan::done(found);
        }
        let Some(next) = page.next else { return Plan::done(found) };
        match guard.check(&found[before..], empty, &next) {
            Ok(()) => gather(follow.at(next), most, found, guard),
            Err(error) => Plan::fail(error),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Response, ScriptedRun};

    fn page(items: &str, next: Option<u32>) -> Response {
        let link =
            next.map(|next| format!(r#","@odata.nextLink":"https://graph.microsoft.com/v1.0/a?$skiptoken={next}""#));
        Response::new(200, format!(r#"{{"value":[{items}]{}}}"#, link.unwrap_or_default()))
    }

    #[test]
    fn a_list_is_read_to_its_end_over_empty_pages() {
        let mut stage = ScriptedRun::new(vec![
            page("", Some(1)),
            page(r#"{"id":"a"}"#, Some(2)),
            page("", Some(3)),
            page(r#"{"id":"b"}"#, None),
        ]);
        let found = stage.run(Request::get("/a").all_items()).unwrap();
        assert_eq!(found.iter().map(Json::as_str).collect::<Vec<_>>(), [r#"{"id":"a"}"#, r#"{"id":"b"}"#]);
        assert_eq!(stage.sent.len(), 4);
        let mut stage = ScriptedRun::new(vec![page("", Some(1)), page(r#"{"id":"a"},{"id":"b"}"#, Some(2))]);
        assert_eq!(stage.run(Request::get("/a").first_item()).unwrap().unwrap().as_str(), r#"{"id":"a"}"#);
        let mut stage = ScriptedRun::new(vec![page("", Some(1)), page("", None)]);
        assert!(stage.run(Request::get("/a").first_item()).unwrap().is_none());
    }

    #[test]
    fn a_circle_is_noticed() {
        let mut stage = ScriptedRun::new(vec![page("", Some(1)), page("", Some(1)), page("", Some(1))]);
        assert!(stage.run(Request::get("/a").all_items()).unwrap_err().message().contains("does not end"));
    }
}
