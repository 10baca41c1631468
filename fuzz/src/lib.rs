//! What several targets do.

use connector_sdk::Json;
use serde::Deserialize;
use serde_json::value::RawValue;

/// An item as a reader of this project describes one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Needed.
    pub id: String,
    /// What may be absent.
    pub size: Option<i64>,
    /// A list in it.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// A tree.
    pub parent: Option<Box<Item>>,
    /// One of some words.
    pub kind: Option<Kind>,
    /// As it was sent.
    pub rest: Option<Box<RawValue>>,
}

/// A part of an item.
#[derive(Debug, Deserialize)]
pub struct Part {
    /// Needed.
    pub name: String,
    /// A list of lists.
    pub values: Option<Vec<Vec<bool>>>,
}

/// One of some words.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// Reads an item. What fits as a whole is read as it is, and what fits in part is never refused where the strict reader
/// takes it.
pub fn look_at(item: &Json) {
    let strict = serde_json::from_str::<Item>(item.as_str()).is_ok();
    let lenient = item.read_what_fits::<Item>();
    assert!(!strict || lenient.is_some());
    if let Some(rest) = lenient.and_then(|item| item.rest) {
        serde_json::from_str::<&RawValue>(rest.get()).expect("what is kept is JSON");
    }
}
