//! Pages of a delta query: new and changed items and removals, in the order in which Graph reports them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, Json, Link, Page, Plan, Properties, Request, Response, Result};

/// Something that was removed, as a delta query reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Removed {
    /// The id of what was removed.
    pub id: String,
    /// `changed`: the object can be restored, or left the scope of the query; `deleted`: the object is gone for good.
    pub reason: Option<String>,
}

impl Removed {
    /// Creates a removal.
    pub fn new(id: impl Into<String>, reason: impl Into<Option<String>>) -> Removed {
        Removed { id: id.into(), reason: reason.into() }
    }

    /// Reads an item of a delta page if it is a removal. An item without an id is identified by its content.
    pub fn read(item: &Json) -> Option<Removed> {
        // The search is cheap and nearly always says no.
        if !item.as_str().contains("\"@removed\"") && !item.as_str().contains("\\u") {
            return None;
        }
        let item = Properties::of(item);
        let why: Value = item.get("@removed")?;
        Some(Removed { id: item.identity(), reason: why["reason"].as_str().map(str::to_owned) })
    }
}

/// An entry of a delta page.
#[derive(Debug)]
// Closed: an item of a delta page is there, or it is removed.
pub enum DeltaItem<T = Json> {
    /// A new or changed item.
    There(T),
    /// A removed item.
    Gone(Removed),
}

/// A page of a delta query, for triggers: each page is committed with its cursor before the next is read.
#[derive(Debug)]
#[non_exhaustive]
pub struct DeltaPage<T = Json> {
    /// Entries in the order in which Graph reports them. The same item may come more than once.
    pub changes: Vec<DeltaItem<T>>,
    /// Link to the next page, or to the next changes.
    pub link: Link,
    /// Whether more pages can be read right now.
    pub more: bool,
}

impl DeltaPage {
    /// Reads a page of a delta query.
    ///
    /// # Errors
    /// `protocol` when it says neither where the next page nor where the next changes are.
    pub fn read(response: &Response) -> Result<DeltaPage> {
        let page = Page::read(response)?;
        let (link, more) = match (page.next, page.delta) {
            (Some(next), _) => (next, true),
            (None, Some(delta)) => (delta, false),
            (None, None) => return Err(Error::protocol("a page of changes has neither a next nor a delta link")),
        };
        let changes = page.items.into_iter().map(|item| match Removed::read(&item) {
            Some(gone) => DeltaItem::Gone(gone),
            None => DeltaItem::There(item),
        });
        Ok(DeltaPage { changes: changes.collect(), link, more })
    }
}

impl<T> DeltaPage<T> {
    /// Splits the page into new or changed items, as Graph sent them, and removals.
    pub fn split(self) -> (Vec<T>, Vec<Removed>) {
        let (mut items, mut gone) = (Vec::new(), Vec::new());
        for change in self.changes {
            match change {
                DeltaItem::There(item) => items.push(item),
                DeltaItem::Gone(removed) => gone.push(removed),
            }
        }
        (items, gone)
    }

    /// Returns the new or changed items.
    pub fn items(self) -> Vec<T> {
        self.split().0
    }
}

impl Request {
    /// Reads one page of a delta query.
    pub fn delta_page(self) -> Plan<DeltaPage> {
        Plan::finish(self, |response| DeltaPage::read(&response))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removal_is_read_whatever_its_id_is() {
        let read = |text: &str| Removed::read(&Json::parse(text.to_owned()).unwrap());
        assert_eq!(read(r#"{"id":7,"@removed":{"reason":3}}"#), Some(Removed { id: "7".into(), reason: None }));
        assert_eq!(read(r#"{"id":"a","@removed":"changed"}"#), Some(Removed { id: "a".into(), reason: None }));
        assert!(read(r#"{"@removed":{"reason":"deleted"}}"#).unwrap().id.starts_with("sha256-"));
        assert_eq!((read(r#"{"id":"a","@removed":null}"#), read(r#"{"id":"\"@removed\""}"#)), (None, None));
    }
}
