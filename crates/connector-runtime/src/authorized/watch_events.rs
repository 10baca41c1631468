//! The events of the watches that a principal sees.

use std::time::Duration;

use connector_sdk::{Error, Result};

use super::AuthorizedWatches;
use crate::principal::Access;
use crate::store::Lag;
use crate::watch::{From, Watch, WatchEvent};

/// Longest time for which events are waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Maximum number of events that are read at once.
const MAX_EVENTS: usize = 1000;

impl AuthorizedWatches<'_> {
    /// Returns the first `limit` events after a position, and waits for some for at most `wait`. 0 is before the oldest
    /// event that is kept.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::show`].
    pub async fn events(&self, watch: &str, after: u64, limit: usize, wait: Duration) -> Result<Vec<WatchEvent>> {
        let (_, watch) = self.find(watch, Access::Read).await?;
        self.read(&watch, From::Position(after), limit, wait).await
    }

    /// Returns the first `limit` events that a consumer has not acknowledged, and waits for some for at most `wait`. A
    /// consumer exists from its first call on, begins at the oldest event that is kept, and holds its events until it
    /// acknowledges them or is removed, however long that takes.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::show`]; `invalid_input` for a name that is none.
    pub async fn events_for(
        &self,
        watch: &str,
        consumer: &str,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<WatchEvent>> {
        let (_, watch) = self.find(watch, Access::Write).await?;
        self.read(&watch, From::Consumer(&consumer_name(consumer)?), limit, wait).await
    }

    /// Acknowledges all events up to a position for a consumer: it does not get them again.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::events_for`]; `conflict` for a consumer that has not fetched the position.
    pub async fn acknowledge(&self, watch: &str, consumer: &str, up_to: u64) -> Result<()> {
        let (_, watch) = self.find(watch, Access::Write).await?;
        self.seen.host.0.log.ack(&watch.id.source(), &consumer_name(consumer)?, up_to).await
    }

    /// Returns how many events a consumer has not acknowledged, and how old the oldest is.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::events_for`].
    pub async fn lag(&self, watch: &str, consumer: &str) -> Result<Lag> {
        let (_, watch) = self.find(watch, Access::Read).await?;
        self.seen.host.0.log.lag(&watch.id.source(), &consumer_name(consumer)?).await
    }

    /// Removes a consumer, which holds no event any more. Returns whether there was one.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::events_for`].
    pub async fn remove_consumer(&self, watch: &str, consumer: &str) -> Result<bool> {
        let (_, watch) = self.find(watch, Access::Write).await?;
        self.seen.host.0.log.leave(&watch.id.source(), &consumer_name(consumer)?).await
    }

    async fn read(&self, watch: &Watch, from: From<'_>, limit: usize, wait: Duration) -> Result<Vec<WatchEvent>> {
        let (limit, wait) = (limit.min(MAX_EVENTS), wait.min(LONGEST_WAIT));
        self.seen.host.read_events(&watch.id.source(), from, limit, wait).await
    }
}

// The names of consumers that a caller chooses are apart from the host's own.
fn consumer_name(name: &str) -> Result<String> {
    let is_name = (1..=100).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if is_name {
        return Ok(format!("pull/{name}"));
    }
    Err(Error::invalid("/consumer", "is no name of 1 to 100 letters, digits, `-`, `_` and `.`"))
}
