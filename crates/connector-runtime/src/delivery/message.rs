//! Messages: events as they are sent.

use bytes::Bytes;
use connector_sdk::{Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::digest::sha256_of_lines;
use crate::listen::Gap;
use crate::principal::ConnectionRef;
use crate::random;
use crate::store::StoredEvent;

/// Type of a gap among the events of a watch.
const GAP: &str = "tenon.watch.gap";
/// Number of hexadecimal digits of the id of a message.
const DIGITS: usize = 32;

/// What the events of a source have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Origin {
    /// Source in the log.
    pub(super) source: String,
    /// Type of its events; `None` where each event says its own.
    pub(super) kind: Option<String>,
    /// Watch that found them.
    pub(super) watch: Option<WatchRef>,
    /// Connection with which they were found.
    pub(super) connection: Option<ConnectionRef>,
}

/// A watch, by its id and its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WatchRef {
    pub(super) id: String,
    pub(super) name: String,
}

/// An event that is to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutgoingEvent {
    pub(super) origin: Origin,
    /// Id of the event within its source.
    pub(super) id: String,
    /// Type of the event.
    pub(super) kind: String,
    /// Time at which it was stored.
    pub(super) at: Timestamp,
    /// Its data, as it was stored.
    pub(super) data: Box<RawValue>,
}

/// An event about the host, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OperationRecord {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) data: Box<RawValue>,
}

/// A message: an event as it is sent, however often.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Id of the message: the same for all attempts and replays.
    pub(super) id: String,
    pub(super) body: Bytes,
    /// Whether it is sent again because somebody asked for it.
    pub(super) is_replay: bool,
    /// The header `traceparent`: the same trace for all attempts.
    pub(super) trace: String,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: Timestamp,
    data: &'a RawValue,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    watch: Option<&'a WatchRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<&'a ConnectionRef>,
}

impl OutgoingEvent {
    /// Creates an event from what is stored.
    pub(super) fn read(origin: &Origin, stored: &StoredEvent, at: Timestamp) -> OutgoingEvent {
        let raw = |text: &[u8]| std::str::from_utf8(text).ok().and_then(|text| RawValue::from_string(text.into()).ok());
        let event = |kind: &str, data| OutgoingEvent {
            origin: origin.clone(),
            id: stored.id.clone(),
            kind: kind.to_owned(),
            at,
            data,
        };
        if let Some(gap) = Gap::read(stored).and_then(|gap| serde_json::value::to_raw_value(&gap).ok()) {
            return event(GAP, gap);
        }
        let Some(kind) = &origin.kind else {
            let read = serde_json::from_slice::<OperationRecord>(&stored.bytes).ok();
            return read
                .map_or_else(|| event("tenon.unreadable", RawValue::NULL.to_owned()), |it| event(&it.kind, it.data));
        };
        // What is no JSON was damaged in the store; the receiver learns at least that there was an event.
        event(kind, raw(&stored.bytes).unwrap_or_else(|| RawValue::NULL.to_owned()))
    }

    /// Creates an event by which somebody tests a destination.
    ///
    /// # Errors
    /// `unavailable` when the system has no random bytes.
    pub(crate) fn test(at: Timestamp, data: Box<RawValue>) -> Result<OutgoingEvent> {
        let origin = Origin { source: "test".into(), kind: Some("tenon.test".into()), watch: None, connection: None };
        Ok(OutgoingEvent { origin, id: random::name::<12>()?, kind: "tenon.test".into(), at, data })
    }

    /// Returns the id of its messages. Events of two watches have two, also where both found the same: a receiver that
    /// knows the one would drop the other.
    pub(super) fn message_id(&self) -> String {
        message_id(&self.origin.source, &self.id)
    }

    /// Returns the message.
    ///
    /// # Errors
    /// `bug` for what cannot be written as JSON.
    pub(super) fn message(&self, is_replay: bool) -> Result<Message> {
        let body = Body {
            kind: &self.kind,
            timestamp: self.at,
            data: &self.data,
            id: &self.id,
            watch: self.origin.watch.as_ref(),
            connection: self.origin.connection.as_ref(),
        };
        let body = serde_json::to_vec(&body).map_err(|error| Error::bug(error.to_string()))?;
        let id = self.message_id();
        let trace = sha256_of_lines(&["trace", &id]);
        let span = random::name::<8>()?;
        let trace = format!("00-{}-{span}-00", &trace[..32]);
        Ok(Message { id, body: body.into(), is_replay, trace })
    }
}

/// Returns the id of the messages about an event.
pub(super) fn message_id(source: &str, event: &str) -> String {
    format!("evt_{}", &sha256_of_lines(&[source, event])[..DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        Origin {
            source: "watch/main/wat_1".into(),
            kind: Some("outlook.new_email".into()),
            watch: Some(WatchRef { id: "wat_1".into(), name: "Inbox".into() }),
            connection: Some(ConnectionRef::new("work", "c1")),
        }
    }

    fn stored(bytes: &str) -> StoredEvent {
        StoredEvent { sequence: 7, id: "e/1.2 ü".into(), at: Timestamp::UNIX_EPOCH, bytes: bytes.to_owned().into() }
    }

    #[test]
    fn data_passes_through_as_it_was_stored() {
        let data = r#"{ "b": 1.50, "a" : "\u00fc" }"#;
        let at: Timestamp = "2026-12-01T10:00:00.25Z".parse().unwrap();
        let event = OutgoingEvent::read(&origin(), &stored(data), at);
        let message = event.message(false).unwrap();
        let expected = [
            r#"{"type":"outlook.new_email","timestamp":"2026-12-01T10:00:00.25Z","data":"#,
            data,
            r#","id":"e/1.2 ü","watch":{"id":"wat_1","name":"Inbox"},"connection":{"name":"work","id":"c1"}}"#,
        ];
        assert_eq!(std::str::from_utf8(&message.body).unwrap(), expected.concat());
        assert!(message.id.is_ascii() && !message.id.contains('.'), "{}", message.id);
        let again = event.message(true).unwrap();
        assert_eq!((&again.id, &again.body, &again.trace[..35]), (&message.id, &message.body, &message.trace[..35]));
    }

    #[test]
    fn the_same_event_of_two_watches_has_two_ids() {
        let other = Origin { source: "watch/main/wat_2".into(), ..origin() };
        let of = |origin: &Origin| OutgoingEvent::read(origin, &stored("{}"), Timestamp::now()).message_id();
        assert_ne!(of(&origin()), of(&other));
        assert_eq!(of(&origin()), of(&origin()));
    }

    #[test]
    fn what_was_damaged_is_sent_without_its_data() {
        let event = OutgoingEvent::read(&origin(), &stored("{"), Timestamp::now());
        assert_eq!(event.data.get(), "null");
    }
}
