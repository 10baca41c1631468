//! Pages that are kept until somebody follows the link to them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::Value;

use crate::lock;

/// How many pages are kept. Nobody comes back for the oldest.
const MOST: usize = 10_000;
const PREFIX: &str = "split-";

/// The pages, by the token of the link that leads to each.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<(u64, BTreeMap<u64, Value>)>);

impl Shelf {
    /// Keeps a page, and returns its token.
    pub(super) fn put(&self, page: Value) -> String {
        let mut shelf = lock(&self.0);
        shelf.0 += 1;
        let number = shelf.0;
        shelf.1.insert(number, page);
        if shelf.1.len() > MOST {
            shelf.1.pop_first();
        }
        format!("{PREFIX}{number}")
    }

    /// Returns the page of a token. It stays, because a client may ask for a page twice.
    pub(super) fn get(&self, token: &str) -> Option<Value> {
        let number = token.strip_prefix(PREFIX)?.parse().ok()?;
        lock(&self.0).1.get(&number).cloned()
    }
}
