//! What delta queries have told of each item.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;

use serde_json::{Map, Value};

use super::asked::Asked;
use crate::lock;
use crate::random::hash;

/// How many items are remembered.
const MOST: usize = 10_000;

/// The values that rounds of delta queries have told, so that it is known what has changed.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<HashMap<u64, Item>>);

#[derive(Debug, Default)]
struct Item {
    /// The hash of each property's value.
    values: HashMap<String, u64>,
    /// What had changed on each page that told the item. Whoever asks for a page again is told the same.
    pages: HashMap<u64, BTreeSet<String>>,
}

impl Told {
    /// The properties of an item that have changed since a round of this query told it last, or on this very page.
    pub(super) fn changed(&self, asked: &Asked<'_>, item: &Map<String, Value>) -> BTreeSet<String> {
        let Some(id) = item.get("id").and_then(Value::as_str) else { return item.keys().cloned().collect() };
        let mut all = lock(&self.0);
        if all.len() > MOST {
            all.clear();
        }
        let Item { values, pages } = all.entry(hash(&[asked.path, id])).or_default();
        let changed = pages.entry(hash(&[asked.query])).or_default();
        for (name, value) in item {
            let now = hash(&[&value.to_string()]);
            if values.insert(name.clone(), now) != Some(now) {
                changed.insert(name.clone());
            }
        }
        changed.clone()
    }
}
