//! Which items a list had when it was last read, and what some of their properties were, as hashes: for lists
//! of which Graph tells no changes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use connector_sdk::Json;
use outlook_connector::fingerprints::{fingerprint, hash, older_fingerprint};
use serde::{Deserialize, Serialize};

/// An item is forgotten when it was not seen for so many rounds. While pages are read, items move from one
/// page to another, so one may be missed that is still there.
const PATIENCE: u8 = 3;

/// The items of a list, as hashes. A part of a trigger's cursor.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Row>", into = "Vec<Row>")]
pub struct Roll(HashMap<u64, Seen>);

/// An item's id and properties, and for how many rounds it was not seen.
type Row = (u64, u64, u8);

#[derive(Debug, Clone, Copy)]
struct Seen {
    properties: u64,
    missed: u8,
}

impl Roll {
    /// Remembers these properties of an item. Their hash, if they differ from before or the item was not known.
    pub fn differs<P: AsRef<str>>(&mut self, id: &str, item: &Json, properties: &[P]) -> Option<u64> {
        let now = Seen { properties: fingerprint(item, properties), missed: 0 };
        let before = match self.0.entry(hash(id)) {
            Entry::Occupied(mut entry) => Some(entry.insert(now).properties),
            Entry::Vacant(entry) => {
                entry.insert(now);
                None
            }
        };
        let is_known = before == Some(now.properties) || before == Some(older_fingerprint(item, properties));
        (!is_known).then_some(now.properties)
    }

    /// Says that the whole list was read.
    pub fn close(&mut self) {
        // What was seen in this round has missed none so far.
        self.0.retain(|_, seen| {
            seen.missed += 1;
            seen.missed <= PATIENCE
        });
    }
}

impl From<Vec<Row>> for Roll {
    fn from(rows: Vec<Row>) -> Roll {
        Roll(rows.into_iter().map(|(id, properties, missed)| (id, Seen { properties, missed })).collect())
    }
}

impl From<Roll> for Vec<Row> {
    fn from(roll: Roll) -> Vec<Row> {
        let mut rows: Vec<Row> = roll.0.into_iter().map(|(id, seen)| (id, seen.properties, seen.missed)).collect();
        // The same roll is the same text.
        rows.sort_unstable();
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text.to_owned()).unwrap()
    }

    #[test]
    fn only_what_is_watched_counts_and_a_cursor_keeps_it() {
        let mut roll = Roll::default();
        let watched = ["state"];
        assert!(roll.differs("a", &json(r#"{"state":"x","name":"1"}"#), &watched).is_some(), "new");
        roll.close();
        let text = serde_json::to_string(&roll).unwrap();
        let mut roll: Roll = serde_json::from_str(&text).unwrap();
        assert_eq!(roll.differs("a", &json(r#"{"name":"2","state":"x"}"#), &watched), None);
        let changed = roll.differs("a", &json(r#"{"state":"y"}"#), &watched);
        assert!(changed.is_some());
        roll.close();
        assert_ne!(roll.differs("a", &json(r#"{"state":"x"}"#), &watched), changed, "and back again");
    }

    #[test]
    fn what_is_missed_for_a_while_is_no_news() {
        let mut roll = Roll::default();
        let (item, watched) = (json("{}"), ["state"]);
        roll.differs("a", &item, &watched);
        (0..PATIENCE).for_each(|_| roll.close());
        assert_eq!(roll.differs("a", &item, &watched), None);
        (0..=PATIENCE).for_each(|_| roll.close());
        assert!(roll.differs("a", &item, &watched).is_some(), "forgotten");
    }
}
