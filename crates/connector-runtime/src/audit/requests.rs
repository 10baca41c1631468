//! Ids of the requests of a run.

use std::sync::{Mutex, PoisonError};

use graph_client::{CallEvent, Observer};

use crate::store::AuditEnd;

/// Maximum number of ids that are kept of a run, and of characters of an id.
const MAX_IDS: usize = 20;
const MAX_LENGTH: usize = 64;

/// A collector of the ids that Graph gave to the requests of a run.
#[derive(Default)]
pub(crate) struct RequestIds(Mutex<(u64, Vec<String>)>);

impl RequestIds {
    /// Adds what was collected to the end of a run.
    pub(crate) fn add_to(&self, end: &mut AuditEnd) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        end.requests = all.0;
        end.request_ids.clone_from(&all.1);
    }
}

impl Observer for RequestIds {
    fn call_ended(&self, event: &CallEvent<'_>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.0 += 1;
        // Whoever answers chooses it, and it is kept: only what looks like an id.
        let is_id =
            |id: &&str| id.len() <= MAX_LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if all.1.len() < MAX_IDS
            && let Some(id) = event.request_id.filter(is_id)
        {
            all.1.push(id.to_owned());
        }
    }
}
