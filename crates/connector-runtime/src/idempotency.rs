//! One outcome to a key.
//!
//! A claim is stored before the first byte leaves. Whoever comes second finds it and returns what the
//! first one got; whoever comes back after a crash finds a claim without an outcome and is told that
//! the outcome is unknown, instead of sending again.

use std::time::Duration;

use connector_sdk::{Code, Error, Json, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::seal::Vault;
use crate::store::Revision;

/// How long an outcome is kept.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long a claim without an outcome counts as still running.
const RUNNING: Duration = Duration::from_secs(15 * 60);

const KIND: &str = "outcome";

/// The outcomes of runs that had a key.
pub(crate) struct Outcomes<'a> {
    vault: &'a Vault,
}

/// What became of a key.
pub(crate) enum Claim<'a> {
    /// Nobody had it: do the work, then settle.
    Mine(Claimed<'a>),
    /// The work was done; this is what came of it.
    Done(Json),
}

/// A key that this run has claimed.
pub(crate) struct Claimed<'a> {
    vault: &'a Vault,
    key: String,
    revision: Revision,
    record: Record,
}

#[derive(Serialize, Deserialize)]
struct Record {
    // A hash, not the input: the input may hold secrets.
    input: String,
    at: Timestamp,
    state: State,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Running,
    Done(Box<RawValue>),
    Unknown(String),
}

impl<'a> Outcomes<'a> {
    pub(crate) fn new(vault: &'a Vault) -> Outcomes<'a> {
        Outcomes { vault }
    }

    /// With `resumes`, the action itself finds what an earlier run has done: one that nobody knows the
    /// outcome of may then be done again.
    ///
    /// # Errors
    /// `invalid_input` when the key was used with another input; `conflict` while the first run is going
    /// on; `outcome_unknown` when nobody knows what became of it.
    pub(crate) async fn claim(&self, connection: &str, action: &str, key: &str, input: &Value, resumes: bool) -> Result<Claim<'a>> {
        if key.is_empty() || key.len() > 255 {
            return Err(Error::invalid("", "an idempotency key has 1 to 255 bytes"));
        }
        let id = hex(&Sha256::digest(format!("{connection}\n{action}\n{key}")));
        let record = Record { input: hex(&Sha256::digest(input.to_string())), at: Timestamp::now(), state: State::Running };
        let mut replaced = None;
        for _ in 0..8 {
            match self.vault.put(KIND, &id, replaced, &print(&record)?).await {
                Ok(revision) => return Ok(Claim::Mine(Claimed { vault: self.vault, key: id, revision, record })),
                Err(error) if error.code() == Code::Conflict => {}
                Err(error) => return Err(error),
            }
            let Some((revision, bytes)) = self.vault.get(KIND, &id).await? else {
                replaced = None;
                continue;
            };
            let earlier: Record =
                serde_json::from_slice(&bytes).map_err(|error| Error::bug(format!("a stored outcome cannot be read: {error}")))?;
            let age = record.at.duration_since(earlier.at);
            if age > KEPT.try_into().unwrap_or_default() {
                replaced = Some(revision);
                continue;
            }
            if earlier.input != record.input {
                return Err(Error::invalid("", "this idempotency key was used with another input")
                    .hint("Use one key for one piece of work, and a new key for new work."));
            }
            return match earlier.state {
                State::Running if resumes && age >= RUNNING.try_into().unwrap_or_default() => {
                    replaced = Some(revision);
                    continue;
                }
                State::Unknown(_) if resumes => {
                    replaced = Some(revision);
                    continue;
                }
                State::Done(output) => Ok(Claim::Done(Json::trusted(String::from(Box::<str>::from(output))))),
                State::Running if age < RUNNING.try_into().unwrap_or_default() => {
                    Err(Error::new(Code::Conflict, "a run with this idempotency key is going on")
                        .hint("Wait for it, then ask again with the same key."))
                }
                State::Running => Err(unknown("the run with this key was interrupted")),
                State::Unknown(why) => Err(unknown(&why)),
            };
        }
        Err(Error::new(Code::Unavailable, "the store keeps changing under this key"))
    }
}

impl Claimed<'_> {
    /// Stores what came of it. A failure that certainly did nothing frees the key.
    /// `whole` makes of the output what is kept of it.
    pub(crate) async fn settle(mut self, result: &Result<Json>, whole: impl FnOnce(&Json) -> Json) -> Result<()> {
        self.record.state = match result {
            Ok(output) => State::Done(whole(output).read()?),
            Err(error) if matches!(error.code(), Code::OutcomeUnknown | Code::Protocol) => State::Unknown(error.to_string()),
            Err(_) => return self.vault.remove(KIND, &self.key, self.revision).await,
        };
        self.vault.put(KIND, &self.key, Some(self.revision), &print(&self.record)?).await.map(|_| ())
    }
}

fn unknown(why: &str) -> Error {
    Error::new(Code::OutcomeUnknown, format!("it is not known whether this was done: {why}"))
        .hint("Check whether it happened. If it did not, run it again with a new key.")
}

fn print(record: &Record) -> Result<Vec<u8>> {
    serde_json::to_vec(record).map_err(|error| Error::bug(error.to_string()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
