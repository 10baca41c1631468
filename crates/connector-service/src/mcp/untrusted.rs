//! What others wrote, apart from what this host says.
//!
//! Content of mails, files, events and names stands in a member `untrusted`, between a nonce and the same nonce. Nobody
//! who wrote the content knew the nonce, so nothing in it passes for its end.

use serde_json::{Map, Value};

/// A nonce, drawn for one answer.
pub(super) struct Nonce(String);

impl Nonce {
    /// Draws a nonce.
    pub(super) fn random() -> Nonce {
        let mut bytes = [0; 8];
        // Without random numbers it can be guessed; content is still a JSON value of its own.
        let _ = getrandom::fill(&mut bytes);
        Nonce(hex::encode(bytes))
    }

    /// Returns the member's value with this content.
    pub(super) fn around(&self, name: &str, content: Value) -> Value {
        let mut members = Map::new();
        members.insert("nonce".into(), self.0.clone().into());
        members.insert(name.into(), content);
        members.insert("end".into(), self.0.clone().into());
        Value::Object(members)
    }

    /// Returns the text up to the content.
    pub(super) fn before(&self, name: &str) -> String {
        format!("{{\"untrusted\":{{\"nonce\":\"{}\",\"{name}\":", self.0)
    }

    /// Returns the text after the content: the end of the member, and not of the object around it.
    pub(super) fn after(&self) -> String {
        format!(",\"end\":\"{}\"}}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_ways_to_write_it_are_one() {
        let nonce = Nonce::random();
        let text = format!("{}{}{}}}", nonce.before("output"), "[1]", nonce.after());
        assert_eq!(text, json!({ "untrusted": nonce.around("output", json!([1])) }).to_string());
        assert_ne!(nonce.0, Nonce::random().0);
    }
}
