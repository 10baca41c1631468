//! Windows of time.

use connector_sdk::{Error, Request, Result, Zone};

use crate::vocabulary::Moment;

/// The longest window that Graph takes, in days.
const LONGEST: i64 = 1825;

/// A window of time, as the functions of a calendar take it.
#[derive(Debug)]
pub struct Window {
    /// Where it begins, in UTC.
    pub start: String,
    /// Where it ends, in UTC.
    pub end: String,
}

impl Window {
    /// From `start` to `end`. Local times are in `zone`.
    ///
    /// # Errors
    /// `invalid_input` for times that are none, local ones without a zone, an end that is not after the start, or more
    /// than five years.
    pub fn new(start: &Moment, end: &Moment, zone: Option<&Zone>) -> Result<Window> {
        let (begins, ends) = (start.instant(zone, "start")?, end.instant(zone, "end")?);
        if ends <= begins {
            return Err(Error::invalid("/end", "is not after `start`"));
        }
        if ends.as_second() - begins.as_second() > LONGEST * 86_400 {
            return Err(Error::invalid(
                "/end",
                format!("is more than {LONGEST} days after `start`; Graph takes no longer window"),
            ));
        }
        Ok(Window { start: begins.to_string(), end: ends.to_string() })
    }

    /// Writes it into a request.
    pub fn apply(&self, request: Request) -> Request {
        request.query("startDateTime", &self.start).query("endDateTime", &self.end)
    }
}
