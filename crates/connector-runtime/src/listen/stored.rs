//! Stored cursors: each with the time of its poll.

use bytes::Bytes;
use connector_sdk::{Json, Result};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A stored cursor of a trigger.
#[derive(Debug)]
pub(crate) struct StoredCursor {
    /// Time of the poll; cursors of older versions have none, nor those of a trigger that was reset.
    pub(crate) at: Option<Timestamp>,
    /// Cursor that the trigger continues with; `None`: it was reset, and begins anew.
    pub(super) cursor: Option<Json>,
    /// Time from which a trigger that was reset begins; `None`: from its input's, or from now.
    pub(super) since: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CursorRecord<'a> {
    #[serde(default)]
    at: Option<Timestamp>,
    #[serde(borrow)]
    cursor: &'a RawValue,
    #[serde(default)]
    since: Option<Timestamp>,
}

impl StoredCursor {
    /// Reads a stored cursor. Older versions stored the trigger's own cursor alone.
    ///
    /// # Errors
    /// `protocol` for what is no JSON.
    pub(crate) fn read(bytes: Bytes) -> Result<StoredCursor> {
        let record = serde_json::from_slice::<CursorRecord<'_>>(&bytes).ok();
        match record.filter(|record| record.at.is_some() || record.cursor.get() == NONE) {
            Some(CursorRecord { at, cursor, since }) => {
                let cursor = (cursor.get() != NONE).then(|| Json::parse(cursor.get().to_owned())).transpose()?;
                Ok(StoredCursor { at, cursor, since })
            }
            None => Ok(StoredCursor { at: None, cursor: Some(Json::parse(bytes)?), since: None }),
        }
    }

    /// Serializes a cursor.
    pub(super) fn write(at: Timestamp, cursor: &Json) -> Bytes {
        format!(r#"{{"at":"{at}","cursor":{}}}"#, cursor.as_str()).into()
    }

    /// Serializes the cursor of a trigger that begins anew, at `since`, or as its input says.
    pub(crate) fn reset(since: Option<Timestamp>) -> Bytes {
        match since {
            Some(since) => format!(r#"{{"cursor":{NONE},"since":"{since}"}}"#).into(),
            None => format!(r#"{{"cursor":{NONE}}}"#).into(),
        }
    }
}

/// What stands in place of the cursor of a trigger that was reset. No trigger has it as its cursor.
const NONE: &str = "null";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_keeps_its_time_and_one_without_is_read() {
        let cursor = Json::parse(r#"{"at":7,"link":"x"}"#.to_owned()).unwrap();
        let at: Timestamp = "2026-10-01T10:00:00.5Z".parse().unwrap();
        let stored = StoredCursor::read(StoredCursor::write(at, &cursor)).unwrap();
        assert_eq!((stored.at, stored.cursor.as_ref()), (Some(at), Some(&cursor)));
        let older = StoredCursor::read(cursor.bytes().clone()).unwrap();
        assert_eq!((older.at, older.cursor), (None, Some(cursor)));
        let bare = Json::parse(r#"{"cursor":"x"}"#.to_owned()).unwrap();
        assert_eq!(StoredCursor::read(bare.bytes().clone()).unwrap().cursor, Some(bare), "a trigger's own");
    }

    #[test]
    fn a_trigger_that_was_reset_has_no_cursor() {
        let since: Timestamp = "2026-10-01T10:00:00.5Z".parse().unwrap();
        for since in [None, Some(since)] {
            let stored = StoredCursor::read(StoredCursor::reset(since)).unwrap();
            assert_eq!((stored.at, stored.cursor, stored.since), (None, None, since));
        }
    }
}
