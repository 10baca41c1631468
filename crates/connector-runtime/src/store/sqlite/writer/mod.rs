//! Writes: one queue, and as many jobs in a commit as are waiting.
//!
//! A commit waits for the disk, and a hundred small jobs would wait a hundred times. So whatever has
//! queued up is run in one transaction, each job in a savepoint of its own, and all are answered when
//! the commit is on the disk. A single job never waits for others to come.
//!
//! The queue is emptied by a blocking task of tokio that exists only while there is work. So there is no
//! thread to shut down, and tokio's paused clock stands still while a job runs.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connector_sdk::{Error, Result};
use rusqlite::Connection;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::clock::{Clock, Millis};
use super::fail::{Fail, StoreName, StoreResult, stopped};

/// Maximum age of a transaction that a job joins, so that other processes get their turn.
const LONGEST: Duration = Duration::from_millis(20);

pub(super) struct Writer {
    queue: Mutex<WriteQueue>,
    connection: Mutex<Connection>,
    clock: Clock,
    name: StoreName,
}

#[derive(Default)]
struct WriteQueue {
    jobs: VecDeque<Box<dyn WriteJob>>,
    /// Whether a task is emptying the queue.
    running: bool,
}

impl Writer {
    pub(super) fn new(connection: Connection, clock: Clock, name: StoreName) -> Writer {
        Writer { queue: Mutex::default(), connection: Mutex::new(connection), clock, name }
    }

    pub(super) async fn run<T, W>(self: &Arc<Self>, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection, Millis) -> StoreResult<T> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        self.enqueue(Box::new(WriteBatch { work: Some(work), done: None, tell }));
        told.await.unwrap_or_else(|_| Err(stopped(&self.name)))
    }

    fn enqueue(self: &Arc<Self>, job: Box<dyn WriteJob>) {
        let mut queue = self.queue();
        queue.jobs.push_back(job);
        if !queue.running {
            queue.running = true;
            drop(queue);
            let shift = Shift { writer: Arc::clone(self), finished: false };
            spawn_blocking(move || shift.work());
        }
    }

    /// Returns the connection, if nothing is written just now. A job that comes meanwhile waits.
    pub(super) fn idle(&self) -> Option<MutexGuard<'_, Connection>> {
        // Where a rollback failed, it still sees what was never committed.
        self.connection.try_lock().ok().filter(|connection| connection.is_autocommit())
    }

    fn queue(&self) -> MutexGuard<'_, WriteQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `first` and whatever is waiting in one transaction, and returns the results to all callers.
    fn commit(&self, first: Box<dyn WriteJob>) {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut jobs = vec![first];
        let committed = self.transaction(&connection, &mut jobs);
        if committed.is_err() && !connection.is_autocommit() {
            // If even this fails, the next BEGIN says what is wrong.
            let _ = connection.execute_batch("ROLLBACK");
        }
        drop(connection);
        for job in jobs {
            job.answer(&committed);
        }
    }

    fn transaction(&self, connection: &Connection, jobs: &mut Vec<Box<dyn WriteJob>>) -> Result<()> {
        let execute = |sql: &str| -> Result<()> {
            let done = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
            done.map(drop).map_err(|error| Fail::from(error).named(&self.name))
        };
        // Immediate, because a transaction that reads first and writes later can fail where it cannot wait.
        execute("BEGIN IMMEDIATE")?;
        let since = Instant::now();
        while let Some(job) = jobs.last_mut() {
            execute("SAVEPOINT job")?;
            if let Err(error) = job.run(connection, self.clock.now(), &self.name) {
                if connection.is_autocommit() {
                    return Err(error); // so bad that SQLite has undone the whole transaction: the disk is full, say
                }
                execute("ROLLBACK TO job")?;
            }
            execute("RELEASE job")?;
            if since.elapsed() >= LONGEST {
                break; // whoever waits is in the next transaction
            }
            // Not in a `match`, which would hold the queue while its arms run.
            let Some(next) = self.queue().jobs.pop_front() else { break };
            jobs.push(next);
        }
        execute("COMMIT")
    }
}

/// A guard for emptying the queue once.
struct Shift {
    writer: Arc<Writer>,
    finished: bool,
}

impl Shift {
    fn work(mut self) {
        while let Some(job) = self.next() {
            self.writer.commit(job);
        }
    }

    fn next(&mut self) -> Option<Box<dyn WriteJob>> {
        let mut queue = self.writer.queue();
        let job = queue.jobs.pop_front();
        self.finished = job.is_none();
        queue.running = !self.finished;
        job
    }
}

/// Informs the waiting callers when the runtime was shut down before the shift began; the next job starts a new shift.
impl Drop for Shift {
    fn drop(&mut self) {
        if !self.finished {
            let mut queue = self.writer.queue();
            queue.running = false;
            queue.jobs.clear();
        }
    }
}

/// A piece of work in the queue.
trait WriteJob: Send {
    /// Runs the job in the open transaction. After an error it is rolled back.
    fn run(&mut self, connection: &Connection, now: Millis, name: &StoreName) -> Result<()>;
    /// Returns the result to the caller, now that the transaction is or is not on the disk.
    fn answer(self: Box<Self>, committed: &Result<()>);
}

struct WriteBatch<T, W> {
    work: Option<W>,
    done: Option<Result<T>>,
    tell: oneshot::Sender<Result<T>>,
}

impl<T, W> WriteJob for WriteBatch<T, W>
where
    T: Send,
    W: FnOnce(&Connection, Millis) -> StoreResult<T> + Send,
{
    fn run(&mut self, connection: &Connection, now: Millis, name: &StoreName) -> Result<()> {
        // A caller that went away while it waited does not want it any more.
        let Some(work) = self.work.take().filter(|_| !self.tell.is_closed()) else { return Ok(()) };
        // A panic is an error as any other: it undoes this job, and no other that is in the same transaction.
        let ran = catch_unwind(AssertUnwindSafe(|| work(connection, now)));
        let done = match ran {
            Ok(done) => done.map_err(|fail| fail.named(name)),
            Err(_) => Err(Error::bug(format!("a job of the store {name} panicked"))),
        };
        let went = done.as_ref().map(drop).map_err(Error::clone);
        self.done = Some(done);
        went
    }

    fn answer(self: Box<Self>, committed: &Result<()>) {
        let answer = match (committed, self.done) {
            (Err(error), _) => Err(error.clone()),
            (Ok(()), Some(done)) => done,
            (Ok(()), None) => return,
        };
        // Nobody listens when the caller has gone away.
        let _ = self.tell.send(answer);
    }
}
