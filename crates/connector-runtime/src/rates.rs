//! Rates of calls: how many a principal makes in a minute, in all processes together.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use connector_sdk::{Code, Error, Result, Retry};

use crate::principal::PrincipalId;
use crate::store::{Store, Take};

/// Window of a rate.
const WINDOW: Duration = Duration::from_secs(60);

/// Part of a rate that a process draws from the store at once, so that hardly a call costs a write.
const PORTIONS: u32 = 100;

/// Number of principals of which portions are kept. Those that expired make room.
const KEPT: usize = 10_000;

/// What this process has drawn and not yet used.
#[derive(Default)]
pub(crate) struct Rates(Mutex<HashMap<PrincipalId, Portion>>);

struct Portion {
    left: u32,
    /// When the store has forgotten that it was drawn.
    until: Instant,
}

impl Rates {
    /// Counts a call of a principal that may make so many in a minute.
    ///
    /// # Errors
    /// `throttled` with the reason `rate` when it has made as many; the store's, but for one that cannot be written.
    pub(crate) async fn count(&self, store: &dyn Store, id: &PrincipalId, per_minute: u32) -> Result<()> {
        if self.use_one(id) {
            return Ok(());
        }
        let portion = per_minute.div_ceil(PORTIONS).max(1);
        match store.take(&format!("calls/main/{id}"), portion, per_minute.max(1), WINDOW).await {
            Ok(Take::Granted) => {
                self.keep(id, portion - 1);
                Ok(())
            }
            // On a full disk nothing is counted, and whoever only reads goes on.
            Err(error) if error.code() == Code::Unavailable => {
                tracing::warn!(%error, "the calls of a key were not counted");
                self.keep(id, portion - 1);
                Ok(())
            }
            Err(error) => Err(error),
            Ok(Take::Wait(time)) => {
                Err(Error::new(Code::Throttled, format!("this key makes more than {per_minute} calls in a minute"))
                    .with_reason("rate")
                    .with_hint("Make fewer calls, or ask whoever runs this host for a higher rate.")
                    .retry(Retry::After(time)))
            }
        }
    }

    fn use_one(&self, id: &PrincipalId) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let portion = all.get_mut(id).filter(|portion| portion.left > 0 && portion.until > Instant::now());
        portion.map(|portion| portion.left -= 1).is_some()
    }

    fn keep(&self, id: &PrincipalId, left: u32) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if all.len() >= KEPT {
            all.retain(|_, portion| portion.until > now);
        }
        let portion = all.entry(id.clone()).or_insert(Portion { left: 0, until: now });
        portion.left = if portion.until > now { portion.left + left } else { left };
        portion.until = now + WINDOW;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::Sqlite;

    #[tokio::test]
    async fn calls_are_counted_over_all_processes() {
        let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().unwrap());
        let (a, b) = (Rates::default(), Rates::default());
        let id = PrincipalId::new("agent").unwrap();
        let mut made = 0;
        for _ in 0..250 {
            for process in [&a, &b] {
                made += u32::from(process.count(&*store, &id, 200).await.is_ok());
            }
        }
        assert!((190..=200).contains(&made), "{made}");
        let error = a.count(&*store, &id, 200).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::Throttled, Some("rate")));
        // The store counts in slots of a 32nd part of the window.
        let most = WINDOW + WINDOW / 32;
        assert!(matches!(error.retryability(), Retry::After(time) if time > Duration::ZERO && time <= most));
        a.count(&*store, &PrincipalId::new("other").unwrap(), 200).await.unwrap();
    }
}
