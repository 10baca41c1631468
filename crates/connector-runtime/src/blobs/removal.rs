//! Removal of files that have expired, and of what uploads that were killed have left.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use connector_sdk::{Error, Result};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};

use super::FileId;
use super::record::Record;
use super::temporary_files::TemporaryFiles;
use crate::kinds::BLOB;
use crate::store::{Store, owner};

/// Key of the one task of all processes that share a store.
const TASK: &str = "prune/main/blob";
/// Interval between two removals.
const EVERY: Duration = Duration::from_secs(600);
/// Time that one removal may take before another process may begin.
const LEASE: Duration = Duration::from_secs(300);
/// Interval at which a process checks whether a removal is due.
const ASK: Duration = Duration::from_secs(300);
/// Time for which blobs outlive their file: who reads it then reads on, and clocks may differ so much.
const GRACE: SignedDuration = SignedDuration::from_mins(10);
/// Number of documents that are read at once.
const PAGE: usize = 100;

/// When this process has last asked whether a removal is due.
#[derive(Default)]
pub(super) struct Removal {
    asked: Mutex<Option<Instant>>,
}

impl TemporaryFiles {
    /// Removes what has expired, if a removal is due, on a task of its own. A failure is only traced: the next removal
    /// tries again.
    pub(crate) fn remove_if_due(self: &Arc<Self>, store: &Arc<dyn Store>) {
        {
            let mut asked = self.removal.asked.lock().unwrap_or_else(PoisonError::into_inner);
            if asked.is_some_and(|asked| asked.elapsed() < ASK) {
                return;
            }
            *asked = Some(Instant::now());
        }
        let (files, store) = (self.clone(), store.clone());
        tokio::spawn(async move {
            if let Err(error) = files.remove_in_turn(&*store).await {
                tracing::warn!(%error, "temporary files that have expired could not be removed; it will be tried again");
            }
        });
    }

    async fn remove_in_turn(&self, store: &dyn Store) -> Result<()> {
        match store.next_due(TASK).await? {
            None => store.schedule(TASK, Duration::ZERO, bytes::Bytes::new()).await?,
            Some(wait) if !wait.is_zero() => return Ok(()),
            Some(_) => {}
        }
        let Some(lease) = store.claim(TASK, &owner()?, LEASE, 1).await?.pop() else { return Ok(()) };
        self.remove_expired().await?;
        store.complete(&lease, Some(EVERY)).await
    }

    /// Removes the documents of the files that have expired, and all blobs that have been without a document for longer
    /// than an upload can take. Returns the number of files and of blobs.
    ///
    /// # Errors
    /// Those of the store and of the blobs. What can be removed is removed before.
    pub(crate) async fn remove_expired(&self) -> Result<(u64, u64)> {
        let now = self.now();
        let files = self.remove_documents(now).await?;
        self.usages.remove_ended(now).await?;
        Ok((files, self.remove_left_over(now).await?))
    }

    async fn remove_documents(&self, now: Timestamp) -> Result<u64> {
        let (mut after, mut removed): (Option<String>, _) = (None, 0);
        loop {
            let page = self.vault.list(BLOB, "", after.as_deref(), PAGE).await?;
            let Some((last, ..)) = page.last() else { return Ok(removed) };
            after = Some(last.clone());
            for (key, revision, plain) in page {
                // What does not open is left to whoever has its key.
                let record = plain.and_then(|plain| Record::parse(&plain));
                let id = record.ok().filter(|record| record.file.expires <= now);
                if let Some(id) = id.and_then(|_| FileId::parse(key.strip_prefix("main/")?)) {
                    removed += u64::from(Record::remove(&self.vault, &id, revision).await?);
                }
            }
        }
    }

    async fn remove_left_over(&self, now: Timestamp) -> Result<u64> {
        let life = SignedDuration::try_from(self.limits.life).unwrap_or(SignedDuration::MAX).saturating_add(GRACE);
        // What was stored later may belong to an upload that goes on.
        let Ok(before) = now.checked_sub(life) else { return Ok(0) };
        let (mut removed, mut failed): (u64, Option<Error>) = (0, None);
        let mut blobs = self.blobs.list(self.space().await?);
        while let Some(blob) = blobs.next().await.transpose()? {
            let name = blob.name.split_once('/').and_then(|(_, name)| name.split_once('-'));
            let Some(id) = name.and_then(|(id, _)| FileId::parse(id)) else { continue };
            if blob.stored > before || Record::exists(&self.vault, &id).await? {
                continue;
            }
            match self.blobs.remove(&blob.name).await {
                Ok(()) => removed += 1,
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(removed), Err)
    }
}
