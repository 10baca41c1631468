//! What some properties of messages were when they were last seen, in a bounded memory.

use connector_sdk::{FNV1A, Json, Properties, fnv1a};
use serde::{Deserialize, Serialize};

/// Maximum number of messages that are remembered: those that changed last.
const MEMORY: usize = 5000;

/// The properties of messages, as hashes. A part of a trigger's cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known(Vec<(u64, u64)>);

impl Known {
    /// Remembers these properties of a message, and says whether one of them differs from before. What is
    /// not remembered differs.
    pub fn differs(&mut self, id: &str, item: &Json, properties: &[String]) -> bool {
        let (key, now) = (hash(id), fingerprint(item, properties));
        let was = older_fingerprint(item, properties);
        let before = self.0.iter().position(|(known, _)| *known == key).map(|at| self.0.remove(at).1);
        if self.0.len() == MEMORY {
            self.0.remove(0);
        }
        self.0.push((key, now));
        before != Some(now) && before != Some(was)
    }
}

/// A hash of what these properties are; one that is `null` is as one that was not sent. The same in every version and
/// on every machine, for cursors.
pub fn fingerprint<P: AsRef<str>>(item: &Json, properties: &[P]) -> u64 {
    hash_of(item, properties, |raw| raw.as_str() != "null")
}

/// As [`fingerprint`] was in versions that took `null` for another value than one that was not sent.
pub fn older_fingerprint<P: AsRef<str>>(item: &Json, properties: &[P]) -> u64 {
    hash_of(item, properties, |_| true)
}

fn hash_of<P: AsRef<str>>(item: &Json, properties: &[P], is_there: impl Fn(&Json) -> bool) -> u64 {
    let values = Properties::of(item);
    let mut hash = Fnv::new();
    for property in properties.iter().map(AsRef::as_ref) {
        hash.text(property);
        match values.raw(property).filter(&is_there) {
            None => hash.number(0),
            Some(raw) => {
                hash.number(1);
                hash.text(&raw.canonical());
            }
        }
    }
    hash.0
}

/// A hash of a text, as lasting as [`fingerprint`].
pub fn hash(text: &str) -> u64 {
    let mut hash = Fnv::new();
    hash.bytes(text.as_bytes());
    hash.0
}

// What goes in, and in which order, is part of the cursors that are stored: it is written out here, so that no library
// decides it. Cursors of older versions hold the same, as the standard library's `Hash` happened to feed it.
struct Fnv(u64);

impl Fnv {
    fn new() -> Fnv {
        Fnv(FNV1A)
    }
    fn bytes(&mut self, bytes: &[u8]) {
        self.0 = fnv1a(self.0, bytes);
    }
    // The last byte is in no text, so that two texts are not taken for two others.
    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.bytes(&[0xff]);
    }
    fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_what_older_versions_stored() {
        let item =
            Json::parse(r#"{"isRead":false,"flag":{"flagStatus":"notFlagged"},"größe":"ä"}"#.to_owned()).unwrap();
        assert_eq!(fingerprint(&item, &[""; 0]), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint(&item, &["isRead", "subject"]), 0x33ea_d8ef_a2dd_b1ca);
        assert_eq!(fingerprint(&item, &["flag", "größe"]), 0x3f2c_1794_7a2c_2c46);
        assert_eq!(hash("AAMk="), 0x95db_3f3f_9a31_3946);
        // So a cursor of an older version goes on, and fires nothing.
        let mut known: Known =
            serde_json::from_value(serde_json::json!([[0x95db_3f3f_9a31_3946_u64, 0x33ea_d8ef_a2dd_b1ca_u64]]))
                .unwrap();
        let watched = ["isRead".to_owned(), "subject".to_owned()];
        assert!(!known.differs("AAMk=", &item, &watched));
    }

    #[test]
    fn null_is_as_good_as_nothing() {
        let watched = ["subject".to_owned()];
        let json = |text: &str| Json::parse(text.to_owned()).unwrap();
        let (null, nothing) = (json(r#"{"subject":null}"#), json("{}"));
        assert_eq!(fingerprint(&null, &watched), fingerprint(&nothing, &watched));
        let mut known = Known::default();
        assert!(known.differs("a", &null, &watched) && !known.differs("a", &nothing, &watched));
        // What an older version kept of it is no change either.
        let mut known = Known(vec![(hash("a"), older_fingerprint(&null, &watched))]);
        assert!(!known.differs("a", &null, &watched));
    }

    #[test]
    fn only_what_is_watched_counts() {
        let watched = ["isRead".to_owned()];
        let json = |text: &str| Json::parse(text.to_owned()).unwrap();
        let mut known = Known::default();
        assert!(known.differs("a", &json(r#"{"isRead":false,"subject":"x"}"#), &watched));
        assert!(!known.differs("a", &json(r#"{"subject":"y","isRead":false}"#), &watched));
        assert!(known.differs("a", &json(r#"{"isRead":true}"#), &watched));
        assert!(known.differs("a", &json(r#"{"isRead":false}"#), &watched), "and back again");
        assert!(known.differs("b", &json(r#"{"isRead":false}"#), &watched));
        for i in 0..2 * MEMORY {
            known.differs(&i.to_string(), &json("{}"), &watched);
        }
        assert_eq!(known.0.len(), MEMORY);
        assert!(known.differs("a", &json(r#"{"isRead":false}"#), &watched), "forgotten");
    }
}
