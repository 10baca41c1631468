//! The job that drops events that are too old to be kept for whoever might still fetch them.

use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::Result;

use super::{RETENTION, USUAL_RETENTION, Watches};
use crate::host::Host;
use crate::store::Lease;
use crate::workers::{Job, Next};

/// Key of the one task of all processes that share a store.
const TASK: &str = "prune/main/events";
/// Interval between two removals.
const EVERY: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The job that drops old events. What a consumer holds stays.
pub(crate) struct PruneJob;

#[async_trait]
impl Job for PruneJob {
    fn prefix(&self) -> &'static str {
        TASK
    }

    fn task(&self) -> Option<&'static str> {
        Some(TASK)
    }

    async fn run(&self, host: &Host, _: &Lease) -> Result<Next> {
        for found in Watches::of(&host.0.vault).all().await? {
            let Ok((_, watch)) = found else { continue };
            let age = DAY * watch.retention_days.unwrap_or(USUAL_RETENTION);
            host.0.log.ack_older(&watch.id.source(), RETENTION, age).await?;
        }
        host.0.operations.prune().await?;
        Ok(Next::After(EVERY))
    }
}
