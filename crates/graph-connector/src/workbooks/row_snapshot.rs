//! Which rows of a worksheet are known, in a small cursor.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use connector_sdk::Json;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Maximum number of rows in a snapshot: at eight bytes each, the cursor has at most 220 kB.
pub(crate) const MOST: usize = 20_000;

/// Maximum number of rows that one poll reports.
const TOLD_AT_ONCE: usize = 500;

/// What is known: a hash of each row, or of its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    // What the rows are compared by: the names of the columns, or the name of the key.
    shape: u64,
    // Rises with each look that tells something, so that a row that comes back after it was deleted is an
    // event of its own.
    round: u64,
    // Sorted, eight bytes each, in base64. What is there twice is in it twice.
    rows: String,
}

/// A row to be told.
pub(crate) struct Row {
    /// The event's id.
    pub(crate) id: String,
    /// The row.
    pub(crate) json: Json,
}

/// One look at a worksheet.
pub(crate) struct Look {
    known: Known,
    by_key: bool,
    // Nothing is told: there is nothing to compare with.
    silent: bool,
    // How often each hash is known and was not met yet in this look.
    before: HashMap<u64, u32>,
    // How often each hash was met.
    met: HashMap<u64, u32>,
    next: Vec<u64>,
    told: Vec<Row>,
    more: bool,
}

impl Look {
    /// Begins. `shape` says what the rows are compared by.
    pub(crate) fn new(known: Option<Known>, shape: u64, by_key: bool, include_existing: bool) -> Look {
        let first = known.is_none();
        let known = known.unwrap_or(Known { shape, round: 0, rows: String::new() });
        let silent = if first { !include_existing } else { known.shape != shape };
        let mut before = HashMap::new();
        if !silent {
            known.hashes().for_each(|hash| *before.entry(hash).or_default() += 1);
        }
        let known = Known { shape, ..known };
        Look { known, by_key, silent, before, met: HashMap::new(), next: Vec::new(), told: Vec::new(), more: false }
    }

    /// Sees a row, from the top to the bottom.
    pub(crate) fn see(&mut self, hash: u64, json: Json) {
        let met = self.met.entry(hash).or_default();
        *met += 1;
        if self.by_key && *met > 1 {
            return;
        }
        if let Some(left) = self.before.get_mut(&hash).filter(|left| **left > 0) {
            *left -= 1;
        } else if !self.silent {
            if self.told.len() == TOLD_AT_ONCE {
                self.more = true;
                return;
            }
            // A key is the same event for ever; of equal rows each one is.
            let id =
                if self.by_key { format!("{hash:016x}") } else { format!("{}-{hash:016x}-{met}", self.known.round) };
            self.told.push(Row { id, json });
        }
        self.next.push(hash);
    }

    /// What is new, what is known now, and whether there is more to tell.
    pub(crate) fn end(mut self) -> (Vec<Row>, Known, bool) {
        let emptied = self.met.is_empty() && !self.silent;
        if self.by_key || emptied {
            // A key that is gone stays known while there is room: it may be on its way from one place to another.
            let mut gone: Vec<u64> = self.before.iter().filter(|(_, left)| **left > 0).map(|(hash, _)| *hash).collect();
            if emptied {
                gone = self.known.hashes().collect();
            }
            if self.next.len() + gone.len() <= MOST {
                self.next.append(&mut gone);
            }
        }
        self.next.sort_unstable();
        let bytes: Vec<u8> = self.next.iter().flat_map(|hash| hash.to_be_bytes()).collect();
        let round = self.known.round + u64::from(!self.told.is_empty());
        let known = Known { shape: self.known.shape, round, rows: STANDARD_NO_PAD.encode(bytes) };
        (self.told, known, self.more)
    }
}

impl Known {
    fn hashes(&self) -> impl Iterator<Item = u64> + use<> {
        // What cannot be read is as if it were not known; it was written here.
        let bytes = STANDARD_NO_PAD.decode(&self.rows).unwrap_or_default();
        let hashes: Vec<u64> =
            bytes.chunks_exact(8).map(|hash| u64::from_be_bytes(hash.try_into().unwrap_or_default())).collect();
        hashes.into_iter()
    }
}

/// Eight bytes that stand for some texts, the same in every version of this program.
pub(crate) fn hash<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    u64::from_be_bytes(hash.finalize()[..8].try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Watch {
        known: Option<Known>,
        by_key: bool,
        shape: u64,
    }

    impl Watch {
        fn new(by_key: bool) -> Watch {
            Watch { known: None, by_key, shape: 1 }
        }

        // The rows that are told of a worksheet that has these, and the ids of their events.
        fn look(&mut self, rows: &[&str]) -> (Vec<String>, Vec<String>) {
            let mut look = Look::new(self.known.take(), self.shape, self.by_key, false);
            for row in rows {
                // With a key, the key is what stands before the colon.
                let identity = if self.by_key { row.split(':').next().unwrap() } else { row };
                look.see(hash([identity]), Json::of(row).unwrap());
            }
            let (told, known, more) = look.end();
            assert!(!more);
            self.known = Some(known);
            told.into_iter().map(|row| (row.json.read::<String>().unwrap(), row.id)).unzip()
        }

        fn told(&mut self, rows: &[&str]) -> Vec<String> {
            self.look(rows).0
        }
    }

    #[test]
    fn rows_are_new_wherever_they_are_put() {
        let mut watch = Watch::new(false);
        assert!(watch.told(&["a", "b", "c"]).is_empty(), "what was there before does not fire");
        assert_eq!(watch.told(&["new", "a", "b", "newer", "c"]), ["new", "newer"], "two at once, in front and between");
        assert!(watch.told(&["c", "newer", "a"]).is_empty(), "deleted and sorted");
        assert_eq!(watch.told(&["c", "newer", "a", "b"]), ["b"], "one that was gone comes back");
    }

    #[test]
    fn equal_rows_are_counted() {
        let mut watch = Watch::new(false);
        watch.told(&["a", "b"]);
        let (told, ids) = watch.look(&["a", "a", "b", "a"]);
        assert_eq!(told, ["a", "a"]);
        assert_ne!(ids[0], ids[1]);
        assert!(watch.told(&["a", "b", "a"]).is_empty(), "one fewer");
        let (told, again) = watch.look(&["a", "a", "a", "b"]);
        assert_eq!(told, ["a"]);
        assert!(!ids.contains(&again[0]), "another event");
    }

    #[test]
    fn a_key_tells_rows_apart_whatever_else_changes() {
        let mut watch = Watch::new(true);
        watch.told(&["1:a", "2:b"]);
        let (told, ids) = watch.look(&["3:c", "1:changed", "2:b"]);
        assert_eq!(told, ["3:c"]);
        assert!(watch.told(&["2:b", "3:d", "1:x", "1:twice"]).is_empty());
        assert!(watch.told(&["2:b"]).is_empty());
        assert!(watch.told(&["2:b", "3:c"]).is_empty(), "a key that is gone stays known");
        assert_eq!(ids, [format!("{:016x}", hash(["3"]))]);
    }

    #[test]
    fn a_worksheet_that_is_written_anew_fires_nothing() {
        for by_key in [false, true] {
            let mut watch = Watch::new(by_key);
            watch.told(&["1:a", "1:a", "2:b"]);
            assert!(watch.told(&[]).is_empty());
            assert_eq!(watch.told(&["2:b", "1:a", "3:c"]), ["3:c"]);
        }
    }

    #[test]
    fn when_nothing_can_be_compared_nothing_is_invented() {
        let mut watch = Watch::new(false);
        watch.told(&["a"]);
        watch.shape = 2;
        assert!(watch.told(&["A", "B"]).is_empty());
        assert_eq!(watch.told(&["A", "B", "C"]), ["C"]);
    }

    #[test]
    fn many_are_told_look_by_look_and_the_cursor_stays_small() {
        let rows: Vec<u64> = (0..MOST).map(|row| hash([row.to_string().as_str()])).collect();
        let mut known = None;
        let (mut told, mut looks) = (0, 0);
        loop {
            let mut look = Look::new(known.take(), 1, false, true);
            rows.iter().for_each(|row| look.see(*row, Json::trusted("1")));
            let (events, next, more) = look.end();
            (told, looks, known) = (told + events.len(), looks + 1, Some(next));
            if !more {
                break;
            }
        }
        assert_eq!((told, looks), (MOST, MOST / TOLD_AT_ONCE));
        assert!(serde_json::to_string(&known).unwrap().len() < 220_000);
    }
}
