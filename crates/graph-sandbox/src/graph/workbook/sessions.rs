//! Sessions of workbooks.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Workbook;
use crate::graph::store::guid;
use crate::graph::time::seconds_later;

/// The header that names a session.
pub(crate) const HEADER: &str = "workbook-session-id";

/// How long a session lives after its last request, in seconds: one that saves, and one that does not.
const SAVING: i64 = 5 * 60;
const NOT_SAVING: i64 = 7 * 60;

/// A session.
#[derive(Debug)]
pub(crate) struct Session {
    /// The drive and the file.
    pub(crate) of: (u64, u64),
    expires: Timestamp,
    /// The workbook as it was when the session began, and what became of it in the session, if nothing is saved.
    pub(crate) copy: Option<Workbook>,
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: HashMap<String, Session>,
    count: u64,
}

impl Sessions {
    /// Opens one and gives its id.
    pub(crate) fn open(&mut self, of: (u64, u64), copy: Option<Workbook>, now: Timestamp) -> String {
        self.count += 1;
        // Real ids are full of such characters too.
        let id =
            format!("cluster=SANDBOX&session=15.SBX1.{}&usid={}", self.count, guid(&format!("session {}", self.count)));
        let mut session = Session { of, expires: now, copy };
        session.live_on(now);
        self.open.insert(id.clone(), session);
        id
    }

    /// A session of a file that is still alive, which lives on from now.
    pub(crate) fn get(&mut self, id: &str, of: (u64, u64), now: Timestamp) -> Option<&mut Session> {
        let session = self.open.get_mut(id).filter(|session| session.of == of && session.expires > now)?;
        session.live_on(now);
        Some(session)
    }

    /// Closes one.
    pub(crate) fn close(&mut self, id: &str) {
        self.open.remove(id);
    }

    /// How many are open.
    pub(crate) fn count(&self, now: Timestamp) -> usize {
        self.open.values().filter(|session| session.expires > now).count()
    }
}

impl Session {
    fn live_on(&mut self, now: Timestamp) {
        self.expires = seconds_later(now, if self.copy.is_some() { NOT_SAVING } else { SAVING });
    }
}
