//! Running renewals.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// The running renewals of a host, whoever requested them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Renewals(Arc<Inner>);

struct Inner {
    count: watch::Sender<usize>,
    ending: watch::Sender<bool>,
}

/// A guard that counts a renewal as running as long as it lives.
pub(super) struct InFlight(Renewals);

impl Default for Renewals {
    fn default() -> Renewals {
        Renewals(Arc::new(Inner { count: watch::Sender::new(0), ending: watch::Sender::new(false) }))
    }
}

impl Renewals {
    pub(super) fn begin(&self) -> InFlight {
        self.0.count.send_modify(|count| *count += 1);
        InFlight(self.clone())
    }

    /// Waits until no renewal is running, at most for `limit`. Meanwhile none pauses before a retry.
    pub(super) async fn finish(&self, limit: Duration) {
        self.0.ending.send_replace(true);
        let mut count = self.0.count.subscribe();
        let _ = timeout(limit, count.wait_for(|count| *count == 0)).await;
        self.0.ending.send_replace(false);
    }

    /// Sleeps, and returns whether it was for the whole time: the program may be ending.
    pub(super) async fn pause(&self, time: Duration) -> bool {
        let mut ending = self.0.ending.subscribe();
        timeout(time, ending.wait_for(|ending| *ending)).await.is_err()
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.0.count.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_end_waits_for_what_is_on_its_way_and_for_nothing_else() {
        let renewals = Renewals::default();
        renewals.finish(Duration::from_secs(3600)).await;
        let flight = renewals.begin();
        let waiting = renewals.clone();
        let end = tokio::spawn(async move { waiting.finish(Duration::from_secs(3600)).await });
        assert!(!renewals.pause(Duration::from_secs(60)).await, "nobody pauses while it ends");
        drop(flight);
        end.await.unwrap();
        assert!(renewals.pause(Duration::from_secs(60)).await, "the host goes on");
        let _stuck = renewals.begin();
        renewals.finish(Duration::from_secs(30)).await;
    }
}
