//! Workers: they claim the tasks of the store that are due, and run them.
//!
//! Any number of processes may work on one store. A task has one holder at a time; a holder that dies, or is frozen, loses
//! it when its lease ends, and finds every later call with that lease refused.

mod jobs;
mod running;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::Result;
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use self::running::RunningJob;
use crate::host::Host;
use crate::store::{Lease, owner};

/// Time for which a worker does not hear that another process has woken a task.
const DEAF: Duration = Duration::from_secs(1);

/// Parameters of the workers of a process.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorkerOptions {
    /// Maximum number of tasks that are worked on at once.
    pub slots: usize,
    /// Time after which a task whose holder is dead is given to another.
    pub lease: Duration,
    /// First parts of the keys of the tasks that are claimed; empty: all of them.
    pub prefixes: Vec<String>,
    /// Time within which what is running may end when the workers stop.
    pub stop_within: Duration,
}

impl Default for WorkerOptions {
    /// 16 slots, a lease of 8 seconds, all tasks, and 10 seconds to end.
    fn default() -> WorkerOptions {
        WorkerOptions {
            slots: 16,
            lease: Duration::from_secs(8),
            prefixes: Vec::new(),
            stop_within: Duration::from_secs(10),
        }
    }
}

/// Work on the tasks of one kind.
#[async_trait]
pub(crate) trait Job: Send + Sync {
    /// Returns the first part of the keys of its tasks, with the slash: `poll/`.
    fn prefix(&self) -> &'static str;

    /// Returns the key of the one task that it always has, if there is one.
    fn task(&self) -> Option<&'static str> {
        None
    }

    /// Works on a task. When the lease is lost the work is dropped wherever it waits, so what it commits must be fenced.
    ///
    /// # Errors
    /// Anything: the task is due again after a pause, which grows with each try.
    async fn run(&self, host: &Host, lease: &Lease) -> Result<Next>;
}

/// When a task is due again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// The work is done; again after this time, or when it is woken.
    After(Duration),
    /// The work has failed; again after this time, even if it is woken.
    Retry(Duration),
    /// The task has ended.
    Done,
}

/// What the workers of a process share with those who give them work.
#[derive(Default)]
pub(crate) struct Workers {
    woken: Notify,
    committed: Notify,
}

impl Workers {
    /// Tells those who wait for events in this process that some were committed.
    pub(crate) fn committed(&self) {
        self.committed.notify_waiters();
    }

    /// Returns when this process has committed events.
    pub(crate) fn next_commit(&self) -> Notified<'_> {
        self.committed.notified()
    }

    /// Tells the workers of this process that a task is due. Others find out within a second.
    pub(crate) fn wake(&self) {
        self.woken.notify_waiters();
    }
}

impl Host {
    /// Works on the tasks of the store until `until` is ready: polls the watches, and sends their events to the
    /// destinations. Processes that share a store share the tasks.
    ///
    /// An error of the store is traced, and the workers try again.
    ///
    /// # Errors
    /// Those of the store where it cannot be used from the beginning.
    pub async fn work(&self, options: WorkerOptions, until: impl Future<Output = ()>) -> Result<()> {
        work(self, jobs::jobs(), options, until).await
    }
}

async fn work(
    host: &Host,
    mut jobs: Vec<Arc<dyn Job>>,
    options: WorkerOptions,
    until: impl Future<Output = ()>,
) -> Result<()> {
    if !options.prefixes.is_empty() {
        jobs.retain(|job| options.prefixes.iter().any(|prefix| job.prefix() == prefix));
    }
    for job in &jobs {
        if let Some(task) = job.task()
            && host.0.store.next_due(task).await?.is_none()
        {
            host.0.store.schedule(task, Duration::ZERO, Bytes::new()).await?;
        }
    }
    let owner = owner()?;
    let (stop, stopped) = watch::channel(false);
    let mut running = JoinSet::new();
    let mut until = std::pin::pin!(until);
    let mut failures = 0_u32;
    loop {
        // Listened to before it is looked what is due, so that no wake is lost in between.
        let mut woken = std::pin::pin!(host.0.workers.woken.notified());
        woken.as_mut().enable();
        let pause = match claim(host, &jobs, &options, &owner, running.len()).await {
            Ok((claimed, pause)) => {
                failures = 0;
                for (job, lease) in claimed {
                    running.spawn(RunningJob { host: host.clone(), job, lease }.run(stopped.clone()));
                }
                pause
            }
            Err(error) => {
                failures += 1;
                tracing::warn!(%error, "the workers could not ask for tasks; they will ask again");
                DEAF * failures.min(10)
            }
        };
        tokio::select! {
            () = &mut until => break,
            () = &mut woken => {}
            () = tokio::time::sleep(pause) => {}
            Some(_) = running.join_next() => {}
        }
        // Tasks of the first kind must not keep the others waiting where there are too few slots.
        if jobs.len() > 1 {
            jobs.rotate_left(1);
        }
    }
    let ended = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(options.stop_within, ended).await.is_err() {
        // What is still running is dropped where it waits, and its tasks are given back.
        let _ = stop.send(true);
        while running.join_next().await.is_some() {}
    }
    Ok(())
}

type Claimed = Vec<(Arc<dyn Job>, Lease)>;

// Claims as many tasks as there are free slots, and returns how long to wait before the next claim.
async fn claim(
    host: &Host,
    jobs: &[Arc<dyn Job>],
    options: &WorkerOptions,
    owner: &str,
    running: usize,
) -> Result<(Claimed, Duration)> {
    let mut claimed = Vec::new();
    let mut pause = DEAF;
    for job in jobs {
        let free = options.slots.max(1).saturating_sub(running + claimed.len());
        if free == 0 {
            // The end of a job is waited for.
            return Ok((claimed, DEAF));
        }
        let leases = host.0.store.claim(job.prefix(), owner, options.lease, free).await?;
        if leases.is_empty()
            && let Some(due) = host.0.store.next_due(job.prefix()).await?
        {
            pause = pause.min(due);
        }
        if leases.len() == free {
            pause = Duration::ZERO;
        }
        claimed.extend(leases.into_iter().map(|lease| (job.clone(), lease)));
    }
    Ok((claimed, pause))
}

#[cfg(test)]
mod tests;
