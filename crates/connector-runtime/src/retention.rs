//! Removal of what is kept for a limited time.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use connector_sdk::{Code, Result};
use jiff::Timestamp;
use serde::Deserialize;

use crate::audit;
use crate::kinds::{
    APPROVAL, CONFIRMATION, CONNECT_LINK, DEVICE, JOURNAL, KEPT, KEPT_WHILE_OPEN, OUTCOME, SIGN_IN, SIGN_IN_LINK,
    SIGN_IN_STATUS, UPLOAD,
};
use crate::seal::SealedDocuments;
use crate::store::{Store, owner};

/// Key of the one task of all processes that share a store.
const TASK: &str = "retention/removal";
/// Interval between two removals.
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// Time that one removal may take before another process may begin.
const LEASE: Duration = Duration::from_secs(300);
/// Interval at which a process checks whether a removal is due.
const ASK: Duration = Duration::from_secs(3600);
/// Number of entries of the audit log that are removed at once, so that no writer waits long.
const PRUNED: u64 = 1000;
/// Number of documents that are read at once.
const PAGE: usize = 100;

/// A remover of what is older than [`KEPT`], once a day for all that share a store.
#[derive(Default)]
pub(crate) struct Retention {
    asked: Mutex<Option<Instant>>,
}

impl Retention {
    /// Removes what is too old, if a removal is due. A failure is only traced: the next removal tries again.
    pub(crate) async fn remove_if_due(&self, store: &dyn Store, vault: &SealedDocuments) {
        {
            let mut asked = self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if asked.is_some_and(|asked| asked.elapsed() < ASK) {
                return;
            }
            *asked = Some(Instant::now());
        }
        if let Err(error) = remove_if_due(store, vault).await {
            tracing::warn!(%error, "what is too old to be kept could not be removed; it will be tried again");
        }
    }
}

async fn remove_if_due(store: &dyn Store, vault: &SealedDocuments) -> Result<()> {
    match store.next_due(TASK).await? {
        None => store.schedule(TASK, Duration::ZERO, bytes::Bytes::new()).await?,
        Some(wait) if !wait.is_zero() => return Ok(()),
        Some(_) => {}
    }
    let Some(lease) = store.claim(TASK, &owner()?, LEASE, 1).await?.pop() else { return Ok(()) };
    for kind in [OUTCOME, JOURNAL, UPLOAD] {
        remove(vault, kind, KEPT).await?;
    }
    for kind in [CONFIRMATION, APPROVAL, SIGN_IN, SIGN_IN_LINK, CONNECT_LINK, DEVICE, SIGN_IN_STATUS] {
        remove(vault, kind, KEPT_WHILE_OPEN).await?;
    }
    while store.prune(audit::KEPT, PRUNED).await? == PRUNED {}
    store.complete(&lease, Some(EVERY)).await
}

async fn remove(vault: &SealedDocuments, kind: &str, kept: Duration) -> Result<()> {
    #[derive(Deserialize)]
    struct Dated {
        at: Timestamp,
    }
    let mut after: Option<String> = None;
    loop {
        let page = vault.list(kind, "", after.as_deref(), PAGE).await?;
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = Some(last.clone());
        for (key, revision, plain) in page {
            // What does not open is left to whoever has its key.
            let Some(Dated { at }) = plain.ok().and_then(|plain| serde_json::from_slice(&plain).ok()) else { continue };
            let age = Duration::try_from(Timestamp::now().duration_since(at)).unwrap_or_default();
            if age <= kept {
                continue;
            }
            match vault.remove(kind, &key, revision).await {
                // It was renewed or removed meanwhile.
                Err(error) if error.code() == Code::Conflict => {}
                removed => removed?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;
    use crate::key::KeyRing;
    use crate::store::{Sqlite, TaskQueue as _};

    #[tokio::test]
    async fn what_is_older_than_seven_days_goes_and_the_rest_stays() {
        let store = Arc::new(Sqlite::in_memory().unwrap());
        let vault = SealedDocuments::new(store.clone(), KeyRing::random().unwrap());
        let days_ago = |days: i64| Timestamp::now() - SignedDuration::from_hours(24 * days);
        for kind in [OUTCOME, JOURNAL, UPLOAD] {
            for days in [0, 6, 8, 400] {
                let text = json!({ "at": days_ago(days), "more": "x" }).to_string();
                vault.put(kind, &format!("{days}"), None, text.as_bytes()).await.unwrap();
            }
            vault.put(kind, "odd", None, b"no json").await.unwrap();
        }
        let retention = Retention::default();
        retention.remove_if_due(&*store, &vault).await;
        for kind in [OUTCOME, JOURNAL, UPLOAD] {
            assert_eq!(vault.keys_of(kind).await.unwrap(), ["0", "6", "odd"]);
        }
        assert!(
            store.next_due(TASK).await.unwrap().unwrap() > Duration::from_secs(23 * 3600),
            "the next one is tomorrow's"
        );
    }

    #[tokio::test]
    async fn what_waits_for_ten_minutes_goes_after_an_hour() {
        let store = Arc::new(Sqlite::in_memory().unwrap());
        let vault = SealedDocuments::new(store.clone(), KeyRing::random().unwrap());
        let kinds = [CONFIRMATION, APPROVAL, SIGN_IN, SIGN_IN_LINK, CONNECT_LINK, DEVICE, SIGN_IN_STATUS];
        for kind in kinds {
            // A code of another device may be good for longer: its age counts from its end.
            for minutes in [-30, 0, 59, 61] {
                let text = json!({ "at": Timestamp::now() - SignedDuration::from_mins(minutes) }).to_string();
                vault.put(kind, &format!("{minutes}"), None, text.as_bytes()).await.unwrap();
            }
        }
        Retention::default().remove_if_due(&*store, &vault).await;
        for kind in kinds {
            assert_eq!(vault.keys_of(kind).await.unwrap(), ["-30", "0", "59"], "{kind}");
        }
    }
}
