//! Idempotent runs: one piece of work for each key.
//!
//! Who comes with a key takes a lock on it, which ends with its process, and keeps a record before the first byte
//! leaves. What the work writes is kept as it goes ([`journal`]): so a run that comes second returns what the first one
//! got, and one that comes after a run that broke off resumes there, with the same time and the same random numbers.
//! Nothing is sent twice, and what nobody knows is named.

mod journal;
mod record;

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{Code, Error, Json, Result, Retry};
use graph_client::Files;
use jiff::Timestamp;
use serde_json::{Value, json};

use self::journal::RunJournal;
use self::record::{KeyState, KeyedRunRecord, StoredRecord};
use crate::blobs::is_file_id;
use crate::canonical::canonical;
use crate::connection::Connected;
use crate::context::named_files;
use crate::digest::sha256_of_lines as digest;
use crate::kinds::{KEPT, OUTCOME};
use crate::seal::SealedDocuments;
use crate::store::{Hold, Revision, Store};

/// Time by which the lock of a run outlives a process whose end cannot be detected.
const LOCK: Duration = Duration::from_secs(60);

/// Number of attempts to take a key that somebody has, and the pause between two.
const TAKES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(50);

/// Time for which a run of an older version, which kept no lock, counts as still running.
const FORMERLY_RUNNING: Duration = Duration::from_secs(15 * 60);

/// The outcomes of work that was done under keys.
pub(crate) struct Outcomes<'a> {
    vault: &'a Arc<SealedDocuments>,
    store: &'a Arc<dyn Store>,
}

/// The work to be done under a key.
pub(crate) struct KeyedRun<'a> {
    pub(crate) connected: &'a Connected,
    pub(crate) action: &'a str,
    pub(crate) key: &'a str,
    pub(crate) input: &'a Value,
    /// The files that came with it.
    pub(crate) files: &'a dyn Files,
    /// Principal that runs it: two of them do not see each other's outcomes. Empty for the owner.
    pub(crate) space: &'a str,
    /// Whether the work was begun before, so that it may be gone on with and not begun again.
    pub(crate) begun: bool,
    /// Whether the action itself finds what an earlier run has done, so that it may be sent again.
    pub(crate) resumes: bool,
    /// Random bytes, for a first run.
    pub(crate) entropy: [u8; 32],
}

/// Result of claiming a key.
pub(crate) enum Claim {
    /// The work is to be done now, or to be resumed: do it, then settle the claim.
    Mine(Box<Claimed>),
    /// The work was done, with this outcome.
    Done(Json),
}

/// A key that this run has claimed. If it is dropped unsettled, the next run resumes where this one broke off.
pub(crate) struct Claimed {
    vault: Arc<SealedDocuments>,
    hold: Hold,
    id: String,
    revision: Revision,
    record: KeyedRunRecord,
    journal: Arc<RunJournal>,
}

impl<'a> Outcomes<'a> {
    pub(crate) fn new(vault: &'a Arc<SealedDocuments>, store: &'a Arc<dyn Store>) -> Outcomes<'a> {
        Outcomes { vault, store }
    }

    /// Claims the key, or returns the outcome of the work.
    ///
    /// # Errors
    /// `invalid_input` when the key was used with another input; `conflict` while the first run is going
    /// on; `outcome_unknown` when an older version kept no more than that nobody knows what became of it.
    pub(crate) async fn claim(&self, work: KeyedRun<'_>) -> Result<Claim> {
        if work.key.is_empty() || work.key.len() > 255 {
            return Err(Error::invalid("", "an idempotency key has 1 to 255 bytes"));
        }
        let own = [&*work.connected.id, work.action, work.key];
        let id = match work.space {
            "" => digest(&own),
            // No connection is called like the first line and has an action like the second.
            space => digest(&[&["principal", space][..], &own].concat()),
        };
        let input = input_digest(work.input, work.files);
        if let Some(output) = self.done(&id, &input, &work).await? {
            return Ok(Claim::Done(output));
        }
        let hold = self.take(&id).await?;
        // Looked at again: it may have been settled before we had the lock.
        if let Some(output) = self.done(&id, &input, &work).await? {
            hold.end().await?;
            return Ok(Claim::Done(output));
        }
        let found = KeyedRunRecord::load(self.vault, &id).await?;
        if work.begun && found.is_none() {
            hold.end().await?;
            return Err(crate::confirmation::used());
        }
        let earlier = found.as_ref().and_then(|found| found.record.goes_on().then(|| found.record.clone()));
        let record = match earlier {
            Some(record) => record,
            None => {
                // What an older version, or an older piece of work, has left.
                journal::remove(self.vault, &id).await?;
                KeyedRunRecord::new(input, work.entropy)
            }
        };
        // A new revision: whoever had the key before and wakes up late finds it, and sends nothing.
        let revision = record.store(self.vault, &id, found.map(|found| found.revision)).await?;
        let journal = Arc::new(RunJournal::open(self.vault.clone(), &id, revision, work.resumes).await?);
        Ok(Claim::Mine(Box::new(Claimed { vault: self.vault.clone(), hold, id, revision, record, journal })))
    }

    // A run that was dropped a moment ago gives its lock back in a moment.
    async fn take(&self, id: &str) -> Result<Hold> {
        for _ in 0..TAKES {
            if let Some(hold) = Hold::take(self.store.clone(), format!("run/{id}"), LOCK).await? {
                return Ok(hold);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(going_on())
    }

    // What came of it, if it was done, under its name of today or of an older version.
    async fn done(&self, id: &str, input: &str, work: &KeyedRun<'_>) -> Result<Option<Json>> {
        let former = work
            .connected
            .former
            .as_ref()
            .filter(|_| work.space.is_empty())
            .map(|name| digest(&[name, work.action, work.key]));
        for id in std::iter::once(id).chain(former.as_deref().filter(|former| *former != id)) {
            let Some(StoredRecord { record, .. }) = KeyedRunRecord::load(self.vault, id).await? else { continue };
            if record.age() > KEPT {
                continue;
            }
            // Formerly the properties counted in their order.
            if record.input != input && record.input != digest(&[&work.input.to_string()]) {
                return Err(Error::invalid("", "this idempotency key was used with another input")
                    .with_reason("key_reused")
                    .with_hint("Use one key for one piece of work, and a new key for new work."));
            }
            match record.state {
                KeyState::Done(output) => return Ok(Some(Json::trusted(String::from(Box::<str>::from(output))))),
                _ if record.goes_on() || work.resumes => {}
                KeyState::Running if record.age() < FORMERLY_RUNNING => return Err(going_on()),
                KeyState::Running => return Err(unknown("the run with this key was interrupted")),
                KeyState::Unknown(why) => return Err(unknown(&why)),
            }
        }
        Ok(None)
    }
}

impl Claimed {
    /// Returns when the work began. A run that resumes uses the time of the first.
    pub(crate) fn begun(&self) -> Timestamp {
        self.record.at
    }

    /// Returns the random bytes of the work, the same for every run of it.
    pub(crate) fn entropy(&self) -> [u8; 32] {
        self.record.entropy
    }

    /// Returns the journal of the work's writes.
    pub(crate) fn journal(&self) -> Arc<RunJournal> {
        self.journal.clone()
    }

    /// Stores the outcome and releases the key. A failure before which nothing was written frees it, and so does one by
    /// which all that was written was not done after all, such as a copy that failed; after any other, the next run
    /// continues from what is known. `whole` returns the part of the output that is stored.
    ///
    /// # Errors
    /// The store's. What happened has happened all the same.
    pub(crate) async fn finish(mut self, result: &Result<Json>, whole: impl FnOnce(&Json) -> Json) -> Result<()> {
        match result {
            Ok(output) => {
                self.record.state = KeyState::Done(whole(output).read()?);
                self.record.store(&self.vault, &self.id, Some(self.revision)).await?;
                journal::remove(&self.vault, &self.id).await?;
            }
            Err(error) if self.journal.is_empty() || error.changed_nothing() => {
                journal::remove(&self.vault, &self.id).await?;
                self.vault.remove(OUTCOME, &self.id, self.revision).await?;
            }
            Err(_) => {}
        }
        self.hold.end().await
    }
}

// The name of a file in an input stands for its content, where that is known. An id always stands for the same content,
// and is there when the file is not any more.
fn input_digest(input: &Value, files: &dyn Files) -> String {
    let mut names = Vec::new();
    named_files(input, &mut names);
    names.sort_unstable();
    names.dedup();
    let known = names.into_iter().filter(|name| !is_file_id(name)).filter_map(|name| Some((name, files.sha256(name)?)));
    let contents: Vec<String> = known.map(|(name, hash)| canonical(&json!([name, hash]))).collect();
    let input = canonical(input);
    digest(&std::iter::once(&*input).chain(contents.iter().map(|content| &**content)).collect::<Vec<_>>())
}

fn going_on() -> Error {
    Error::new(Code::Conflict, "a run with this idempotency key is going on")
        .with_reason("key_in_use")
        .retry(Retry::After(Duration::from_secs(1)))
        .with_hint("Wait for it, then ask again with the same key.")
}

fn unknown(why: &str) -> Error {
    Error::new(Code::OutcomeUnknown, format!("it is not known whether this was done: {why}"))
        .with_hint("Check whether it happened. If it did not, run it again with a new key.")
}
