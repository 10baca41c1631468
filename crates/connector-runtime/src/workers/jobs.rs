//! The list of all jobs.

use std::sync::Arc;

use super::Job;
use crate::delivery::{DeliverJob, ReplayJob, RetryJob};
use crate::subscription::SubscriptionJob;
use crate::watch::{PollJob, PruneJob};

/// Returns all jobs.
pub(super) fn jobs() -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(PollJob),
        Arc::new(SubscriptionJob),
        Arc::new(PruneJob),
        Arc::new(DeliverJob),
        Arc::new(RetryJob),
        Arc::new(ReplayJob),
    ]
}
