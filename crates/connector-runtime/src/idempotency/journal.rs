//! The journal of the writes of a run with a key, message by message: stored before they are sent, and again with their
//! responses.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_sdk::{Change, Code, Error, Response, Result, Secret};
use graph_client::{After, Before, Journal, Pending, Write};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::kinds::{JOURNAL, OUTCOME};
use crate::random;
use crate::seal::SealedDocuments;
use crate::store::Revision;

/// Number of documents that are read at once.
const PAGE: usize = 100;

/// A message to Graph, with its writes.
#[derive(Serialize, Deserialize)]
struct Message {
    at: Timestamp,
    entries: Vec<JournaledWrite>,
}

/// A write of a message.
#[derive(Clone, Serialize, Deserialize)]
struct JournaledWrite {
    exact: String,
    place: String,
    request: String,
    item: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// Response to the write; `None` as long as the outcome is unknown.
    answer: Option<JournaledAnswer>,
}

#[derive(Clone, Serialize, Deserialize)]
struct JournaledAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// The journal of a run: its own writes, and those of earlier runs of the same work.
pub(crate) struct RunJournal {
    vault: Arc<SealedDocuments>,
    run: String,
    // The revision of the run's record: whoever takes the work over changes it.
    fence: Revision,
    // An action that finds by itself what was done may send again what nobody knows of.
    resumes: bool,
    attempt: String,
    next: AtomicU64,
    // Messages of this run in which something may have been carried out.
    kept: AtomicUsize,
    open: Mutex<HashMap<u64, (Revision, Vec<JournaledWrite>)>>,
    earlier: Mutex<Earlier>,
}

/// Writes of earlier runs. Each entry stands for one write, so each is used once.
#[derive(Default)]
struct Earlier {
    entries: Vec<Option<JournaledWrite>>,
    by_hash: HashMap<(Option<usize>, String), VecDeque<usize>>,
}

impl Earlier {
    fn of(mut entries: Vec<JournaledWrite>) -> Earlier {
        // What is known counts more than what is not.
        entries.sort_by_key(|entry| entry.answer.is_none());
        let mut earlier = Earlier::default();
        for (index, entry) in entries.into_iter().enumerate() {
            for hash in [&entry.exact, &entry.place] {
                earlier.by_hash.entry((entry.item, hash.clone())).or_default().push_back(index);
            }
            earlier.entries.push(Some(entry));
        }
        earlier
    }

    fn take(&mut self, write: &Write) -> Option<JournaledWrite> {
        // What it carries may have changed with what the plan has read meanwhile. One that is not to be repeated is
        // the same write all the same.
        let hashes = if write.repeatable { &[write.exact][..] } else { &[write.exact, write.place] };
        hashes.iter().find_map(|hash| {
            let queue = self.by_hash.get_mut(&(write.item, STANDARD.encode(hash)))?;
            std::iter::from_fn(|| queue.pop_front()).find_map(|index| self.entries[index].take())
        })
    }
}

impl RunJournal {
    /// Reads the writes of earlier runs.
    ///
    /// # Errors
    /// The store's, and `bug` for what cannot be read.
    pub(super) async fn open(
        vault: Arc<SealedDocuments>,
        run: &str,
        fence: Revision,
        resumes: bool,
    ) -> Result<RunJournal> {
        let attempt = random::name::<8>()?;
        let mut earlier = Vec::new();
        let (prefix, mut after) = (format!("{run}/"), None);
        loop {
            let page = vault.list(JOURNAL, &prefix, after.as_deref(), PAGE).await?;
            let Some((last, ..)) = page.last() else { break };
            after = Some(last.clone());
            for (_, _, plain) in page {
                let message: Message = serde_json::from_slice(&plain?)
                    .map_err(|error| Error::bug(format!("a journal cannot be read: {error}")))?;
                earlier.extend(message.entries);
            }
        }
        Ok(RunJournal {
            vault,
            run: run.to_owned(),
            fence,
            resumes,
            attempt,
            next: AtomicU64::new(0),
            kept: AtomicUsize::new(0),
            open: Mutex::default(),
            earlier: Mutex::new(Earlier::of(earlier)),
        })
    }

    /// Returns whether nothing was written under the key, in this run or in an earlier one.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.load(Ordering::Acquire) == 0 && self.earlier().entries.is_empty()
    }

    /// Returns the changes that earlier runs have made, or may have, and this one did not ask for.
    pub(crate) fn left(&self) -> Vec<Change> {
        self.earlier().entries.iter().flatten().map(JournaledWrite::change).collect()
    }

    fn earlier(&self) -> MutexGuard<'_, Earlier> {
        self.earlier.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_messages(&self) -> MutexGuard<'_, HashMap<u64, (Revision, Vec<JournaledWrite>)>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self, number: u64) -> String {
        format!("{}/{}-{number:010}", self.run, self.attempt)
    }

    fn known(&self, write: &Write) -> Result<Before> {
        let found = self.earlier().take(write);
        let Some(entry) = found else { return Ok(Before::Send) };
        match entry.answer {
            Some(answer) => Ok(Before::Answered(answer.read()?)),
            None if write.repeatable || self.resumes => Ok(Before::SendAgain(entry.address.map(Secret::new))),
            None => {
                let which = entry.item.map(|item| format!(" of item {item}")).unwrap_or_default();
                let error = format!(
                    "it is not known whether {}{which} was carried out: the run that sent it broke off",
                    entry.request
                );
                Ok(Before::Refused(
                    Error::new(Code::OutcomeUnknown, error)
                        .with_hint("Check whether it happened. If it did not, do it again with a new key."),
                ))
            }
        }
    }
}

#[async_trait]
impl Journal for RunJournal {
    async fn begin(&self, writes: Vec<Write>) -> Result<(Pending, Vec<Before>)> {
        if self.vault.revision(OUTCOME, &self.run).await? != Some(self.fence) {
            return Err(Error::new(
                Code::Conflict,
                "another process has taken over the run with this idempotency key; nothing more was sent",
            ));
        }
        let known = writes.iter().map(|write| self.known(write)).collect::<Result<Vec<_>>>()?;
        let entries: Vec<JournaledWrite> = writes
            .into_iter()
            .zip(&known)
            .filter(|(_, known)| known.is_sent())
            .map(|(write, _)| JournaledWrite::of(write))
            .collect();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if !entries.is_empty() {
            let revision = self.vault.put(JOURNAL, &self.key(number), None, &print(&entries)?).await?;
            self.kept.fetch_add(1, Ordering::AcqRel);
            self.open_messages().insert(number, (revision, entries));
        }
        Ok((Pending(number), known))
    }

    async fn end(&self, Pending(number): Pending, outcomes: Vec<After>) {
        let Some((revision, entries)) = self.open_messages().remove(&number) else { return };
        let left: Vec<JournaledWrite> =
            entries.into_iter().zip(outcomes).filter_map(|(entry, after)| entry.after(after)).collect();
        let kept = match left.is_empty() {
            true => {
                self.kept.fetch_sub(1, Ordering::AcqRel);
                self.vault.remove(JOURNAL, &self.key(number), revision).await
            }
            false => match print(&left) {
                Ok(text) => self.vault.put(JOURNAL, &self.key(number), Some(revision), &text).await.map(|_| ()),
                Err(error) => Err(error),
            },
        };
        if let Err(error) = kept {
            tracing::warn!(%error, "the outcome of a request was not stored; a later run with the same key will not know it");
        }
    }
}

/// Removes the journal of a run.
///
/// # Errors
/// The store's.
pub(super) async fn remove(vault: &SealedDocuments, run: &str) -> Result<()> {
    let prefix = format!("{run}/");
    loop {
        let page = vault.revisions(JOURNAL, &prefix, PAGE).await?;
        if page.is_empty() {
            return Ok(());
        }
        for (key, revision) in page {
            match vault.remove(JOURNAL, &key, revision).await {
                // Somebody else has removed it.
                Err(error) if error.code() == Code::Conflict => {}
                removed => removed?,
            }
        }
    }
}

fn print(entries: &[JournaledWrite]) -> Result<Vec<u8>> {
    serde_json::to_vec(&Message { at: Timestamp::now(), entries: entries.to_vec() })
        .map_err(|error| Error::bug(error.to_string()))
}

impl JournaledWrite {
    fn of(write: Write) -> JournaledWrite {
        JournaledWrite {
            exact: STANDARD.encode(write.exact),
            place: STANDARD.encode(write.place),
            request: write.request,
            item: write.item,
            address: write.address.map(|address| address.expose().to_owned()),
            answer: None,
        }
    }

    fn after(mut self, after: After) -> Option<JournaledWrite> {
        self.answer = match after {
            After::Answered(response) => Some(JournaledAnswer::of(&response)),
            After::Lost => None,
            After::Refused => return None,
        };
        Some(self)
    }

    fn change(&self) -> Change {
        let response = self.answer.as_ref().and_then(|answer| answer.read().ok());
        Change::new(self.request.as_str(), response.as_ref())
    }
}

impl JournaledAnswer {
    fn of(response: &Response) -> JournaledAnswer {
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        JournaledAnswer {
            status: response.status.as_u16(),
            headers: response.headers.iter().filter_map(text).collect(),
            body: STANDARD.encode(&response.body),
        }
    }

    fn read(&self) -> Result<Response> {
        let unreadable = || Error::bug("the answer that is kept of a request cannot be read");
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str()))
            {
                headers.append(name, value);
            }
        }
        Ok(Response::from_parts(
            StatusCode::from_u16(self.status).map_err(|_| unreadable())?,
            headers,
            STANDARD.decode(&self.body).map_err(|_| unreadable())?.into(),
        ))
    }
}
