//! Stored cursors: each with the time of its poll.

use bytes::Bytes;
use connector_sdk::{Json, Result};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A stored cursor of a trigger.
#[derive(Debug)]
pub(super) struct StoredCursor {
    /// Time of the poll; cursors of older versions have none.
    pub(super) at: Option<Timestamp>,
    /// Cursor that the trigger continues with.
    pub(super) cursor: Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CursorRecord<'a> {
    at: Timestamp,
    #[serde(borrow)]
    cursor: &'a RawValue,
}

impl StoredCursor {
    /// Reads a stored cursor. Older versions stored the trigger's own cursor alone.
    ///
    /// # Errors
    /// `protocol` for what is no JSON.
    pub(super) fn read(bytes: Bytes) -> Result<StoredCursor> {
        let read =
            serde_json::from_slice(&bytes).ok().map(|kept: CursorRecord<'_>| (kept.at, kept.cursor.get().to_owned()));
        match read {
            Some((at, cursor)) => Ok(StoredCursor { at: Some(at), cursor: Json::parse(cursor)? }),
            None => Ok(StoredCursor { at: None, cursor: Json::parse(bytes)? }),
        }
    }

    /// Serializes a cursor.
    pub(super) fn write(at: Timestamp, cursor: &Json) -> Bytes {
        format!(r#"{{"at":"{at}","cursor":{}}}"#, cursor.as_str()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_keeps_its_time_and_one_without_is_read() {
        let cursor = Json::parse(r#"{"at":7,"link":"x"}"#.to_owned()).unwrap();
        let at: Timestamp = "2026-10-01T10:00:00.5Z".parse().unwrap();
        let stored = StoredCursor::read(StoredCursor::write(at, &cursor)).unwrap();
        assert_eq!((stored.at, &stored.cursor), (Some(at), &cursor));
        let older = StoredCursor::read(cursor.bytes().clone()).unwrap();
        assert_eq!((older.at, older.cursor), (None, cursor));
    }
}
