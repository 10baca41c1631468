//! The list of all jobs.

use std::sync::Arc;

use super::Job;
use crate::watch::{PollJob, PruneJob};

/// Returns all jobs.
pub(super) fn jobs() -> Vec<Arc<dyn Job>> {
    vec![Arc::new(PollJob), Arc::new(PruneJob)]
}
