//! What is running: counted for each principal, and waited for at the end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use connector_runtime::PrincipalId;
use tokio::sync::watch;

use crate::problem::{Problem, ServiceCode};

/// A kind of what is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A run.
    Run,
    /// A stream of events.
    Stream,
}

/// What is running in this process.
pub(crate) struct Running {
    counts: Mutex<HashMap<(PrincipalId, Kind), usize>>,
    total: watch::Sender<usize>,
    is_ending: watch::Sender<bool>,
    is_cut: watch::Sender<bool>,
}

/// A place among what is running, given back when it is dropped.
pub(crate) struct Slot {
    running: Arc<Running>,
    of: (PrincipalId, Kind),
}

impl Running {
    pub(crate) fn new() -> Arc<Running> {
        let no = || watch::Sender::new(false);
        let total = watch::Sender::new(0);
        Arc::new(Running { counts: Mutex::default(), total, is_ending: no(), is_cut: no() })
    }

    /// Takes a place among the at most `most` of a principal.
    ///
    /// # Errors
    /// `overloaded` where all are taken.
    pub(crate) fn take(self: &Arc<Running>, id: &PrincipalId, kind: Kind, most: usize) -> Result<Slot, Problem> {
        let of = (id.clone(), kind);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(of.clone()).or_default();
        if *count >= most {
            return Err(Problem::new(ServiceCode::Overloaded, format!("{most} calls of this key are running")));
        }
        *count += 1;
        drop(counts);
        self.total.send_modify(|total| *total += 1);
        Ok(Slot { running: self.clone(), of })
    }

    /// Waits until nothing is running, at most for this time. Returns whether nothing is.
    pub(crate) async fn ended(&self, time: Duration) -> bool {
        let mut total = self.total.subscribe();
        tokio::time::timeout(time, total.wait_for(|total| *total == 0)).await.is_ok()
    }

    /// Lets what waits for something to happen end.
    pub(crate) fn end(&self) {
        self.is_ending.send_replace(true);
    }

    /// Waits until the service ends.
    pub(crate) async fn ending(&self) {
        // The sender is here, so that it is not gone.
        let _ = self.is_ending.subscribe().wait_for(|is_ending| *is_ending).await;
    }

    /// Lets all that is running tell its caller that it is cut off.
    pub(crate) fn cut_off(&self) {
        self.is_cut.send_replace(true);
    }

    /// Waits until what is running is cut off.
    pub(crate) async fn cut(&self) {
        // The sender is here, so that it is not gone.
        let _ = self.is_cut.subscribe().wait_for(|is_cut| *is_cut).await;
    }
}

impl Slot {
    /// Returns what it is a place among.
    pub(crate) fn running(&self) -> &Arc<Running> {
        &self.running
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut counts = self.running.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.of);
            }
        }
        drop(counts);
        self.running.total.send_modify(|total| *total -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn places_are_counted_for_each_principal() {
        let running = Running::new();
        let [a, b] = ["a", "b"].map(|id| PrincipalId::new(id).unwrap());
        let held: Vec<Slot> = (0..2).map(|_| running.take(&a, Kind::Run, 2).ok().unwrap()).collect();
        assert!(running.take(&a, Kind::Run, 2).is_err());
        assert!(running.take(&a, Kind::Stream, 2).is_ok() && running.take(&b, Kind::Run, 2).is_ok());
        assert!(!running.ended(Duration::from_millis(1)).await);
        drop(held);
        assert!(running.take(&a, Kind::Run, 2).is_ok());
        assert!(running.ended(Duration::from_secs(1)).await);
        assert!(running.counts.lock().unwrap().is_empty());
    }
}
