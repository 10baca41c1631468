//! What some properties of messages were when they were last seen, in a bounded memory.

use std::hash::{Hash, Hasher};

use connector_sdk::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// So many messages are remembered; those that changed last.
const MEMORY: usize = 5000;

/// The properties of messages, as hashes. A part of a trigger's cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known(Vec<(u64, u64)>);

impl Known {
    /// Remembers these properties of a message, and says whether one of them differs from before. What is
    /// not remembered differs.
    pub fn differs(&mut self, id: &str, item: &Json, properties: &[String]) -> bool {
        let (key, now) = (hash(id), fingerprint(item, properties));
        let before = self.0.iter().position(|(known, _)| *known == key).map(|at| self.0.remove(at).1);
        if self.0.len() == MEMORY {
            self.0.remove(0);
        }
        self.0.push((key, now));
        before != Some(now)
    }
}

/// A hash of what these properties are. The same in every version and on every machine, for cursors.
pub fn fingerprint<P: AsRef<str>>(item: &Json, properties: &[P]) -> u64 {
    let values: Map<String, Value> = item.read().unwrap_or_default();
    let mut hasher = Fnv::default();
    for property in properties.iter().map(AsRef::as_ref) {
        (property, values.get(property).map(Value::to_string)).hash(&mut hasher);
    }
    hasher.finish()
}

/// A hash of a text, as lasting as [`fingerprint`].
pub fn hash(text: &str) -> u64 {
    let mut hasher = Fnv::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

// FNV-1a.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
