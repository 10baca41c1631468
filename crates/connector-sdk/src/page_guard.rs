//! Guard against lists that do not end.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, RandomState};

use crate::{Error, Json, Result};

/// Maximum number of empty pages in a row. Graph sends some where it filters late, or has no changes yet.
const EMPTY_PAGES: u32 = 1_000;
/// Number of identical pages in a row that count as a loop, though each brings a new link, where their items have ids.
/// Two may be a replay.
const SAME_PAGES: u32 = 3;
/// Maximum number of pages in a row that bring nothing distinguishable from before. Items without ids may all be equal,
/// where few of their properties were selected.
const DULL_PAGES: u32 = 10_000;

/// A guard that detects lists that do not end while their pages are read: a page leads back to an earlier one, the same
/// page comes under new links, or nothing comes at all.
///
/// [`Request::pages`](crate::Request::pages) and its variants have one. Code that follows links by hand calls one
/// before each page. It remembers eight bytes for each page, whatever the pages hold.
#[derive(Debug, Default)]
pub struct PageGuard {
    seen: HashSet<u64>,
    hash: RandomState,
    last_page: Option<u64>,
    same: u32,
    empty: u32,
}

impl PageGuard {
    /// Records a page that was read and the position of the `next` one: a [link](crate::Link), compared however it is
    /// spelt, or whatever names it. `empty`: nothing came, not even items that are filtered out.
    ///
    /// # Errors
    /// `protocol` where the list does not end.
    pub fn check(&mut self, items: &[Json], empty: bool, next: &(impl Hash + ?Sized)) -> Result<()> {
        if !self.seen.insert(self.hash.hash_one(next)) {
            return Err(stuck("a page led back to one that was read before"));
        }
        self.empty = if empty { self.empty + 1 } else { 0 };
        if self.empty >= EMPTY_PAGES {
            return Err(stuck(&format!("{EMPTY_PAGES} pages in a row were empty")));
        }
        let (Some(first), Some(last)) = (items.first().map(Json::as_str), items.last().map(Json::as_str)) else {
            return Ok(());
        };
        let page = self.hash.hash_one((items.len(), first, last));
        self.same = if self.last_page == Some(page) { self.same + 1 } else { 1 };
        self.last_page = Some(page);
        let most = if has_id(first) { SAME_PAGES } else { DULL_PAGES };
        if self.same >= most {
            return Err(stuck("the same page came again and again under new links"));
        }
        Ok(())
    }
}

// Whether an item has an id itself. One that is in it, such as the id of who wrote it, may be the same in all.
fn has_id(item: &str) -> bool {
    // A list would be read as the properties of the struct, one after the other.
    item.trim_start().starts_with('{') && serde_json::from_str::<IdOnly>(item).is_ok_and(|item| item.id.is_some())
}

#[derive(serde::Deserialize)]
struct IdOnly<'a> {
    #[serde(borrow)]
    id: Option<&'a serde_json::value::RawValue>,
}

fn stuck(why: &str) -> Error {
    Error::protocol(format!("the list does not end: {why}")).with_hint(
        "Graph is going in circles. Narrow the query, or try again later; what was read so far is complete up to here.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Link;

    #[test]
    fn a_circle_is_one_however_its_links_are_spelt() {
        let mut guard = PageGuard::default();
        let mut check = |link: &str| guard.check(&[], true, &Link::new(link)).is_ok();
        assert!(check("https://graph.microsoft.com/v1.0/me/messages?$skip=10") && check("/me/messages?$skip=20"));
        assert!(!check("https://GRAPH.microsoft.com:443/v1.0/me/messages?%24skip=20"));
    }

    #[test]
    fn only_what_has_an_id_itself_is_a_loop_soon() {
        let ends = |item: &str| {
            let item = Json::parse(item.to_owned()).unwrap();
            let mut guard = PageGuard::default();
            (1..20).find(|page| guard.check(std::slice::from_ref(&item), false, page).is_err())
        };
        assert_eq!(ends(r#"{"id":"a","n":1}"#), Some(3));
        assert_eq!(ends(r#"{"user":{"id":"a"},"n":1}"#), None);
        assert_eq!(ends(r#"{"id":null,"user":{"id":"a"}}"#), None);
        assert_eq!(ends(r#"["\"id\""]"#), None);
    }
}
