//! Confirmations: what a preview returns, so that the very run that it showed can be carried out once.
//!
//! A confirmation is a sealed text. It names the principal, the action, the connection's id and the hash of the input,
//! and holds for ten minutes. Its document is made when it is used, so it is used once. A run that changes something
//! has it as its idempotency key: whoever repeats the call gets the first outcome.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector_sdk::{Code, Error, Result};
use graph_client::Files;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::canonical::canonical;
use crate::context::named_files;
use crate::digest::{sha256, sha256_of_lines};
use crate::kinds::{CONFIRMATION, CONFIRMATION_TEXT};
use crate::principal::PrincipalId;
use crate::random;
use crate::seal::SealedDocuments;

/// Time for which a confirmation and its approval hold.
pub(crate) const LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Maximum length of what is read as a confirmation, in bytes.
const MAX_LENGTH: usize = 8 * 1024;
/// Number of bytes of an attached file that are read at once.
const CHUNK: u64 = 1 << 20;

/// A confirmation of one run, as a preview returns it. Only the principal that made the preview can use it, once, within
/// ten minutes, for the same action, connection, input and attached files.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Confirmation(String);

impl Confirmation {
    /// Creates a confirmation from the text that a caller sent. Whether it holds is found out by a run.
    pub fn new(text: impl Into<String>) -> Confirmation {
        Confirmation(text.into())
    }

    /// Returns the text, which is safe in a URL and a header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Confirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Confirmation(…)")
    }
}

/// The run that a confirmation is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConfirmedRun {
    pub(crate) principal: PrincipalId,
    pub(crate) action: String,
    /// Id of the connection.
    pub(crate) connection: String,
    /// Hash of the input and the attached files; see [`input_hash`].
    pub(crate) input: String,
}

/// That a confirmation was used.
#[derive(Serialize, Deserialize)]
struct Used {
    at: Timestamp,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct SealedText {
    run: ConfirmedRun,
    nonce: String,
    until: Timestamp,
}

/// A confirmation that holds for a run.
pub(crate) struct Confirmed {
    nonce: String,
    pub(crate) until: Timestamp,
}

impl Confirmation {
    /// Creates the confirmation of a run.
    ///
    /// # Errors
    /// As [`SealedDocuments::put`]; `unavailable` when the system has no random bytes.
    pub(crate) async fn issue(vault: &SealedDocuments, run: ConfirmedRun, now: Timestamp) -> Result<Confirmation> {
        let until = now.checked_add(LIFE).map_err(|error| Error::bug(error.to_string()))?;
        let text = SealedText { run, nonce: random::name::<16>()?, until };
        let plain = serde_json::to_vec(&text).map_err(|error| Error::bug(error.to_string()))?;
        let sealed = vault.seal_text(CONFIRMATION_TEXT, &plain).await?;
        Ok(Confirmation(URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Checks that the confirmation holds for this run.
    ///
    /// # Errors
    /// `not_confirmed` with the reason: `unknown`, `other_run` or `expired`.
    pub(crate) async fn check(&self, vault: &SealedDocuments, run: &ConfirmedRun, now: Timestamp) -> Result<Confirmed> {
        let Some(text) = self.open(vault).await else {
            return Err(refused("unknown", "this is no confirmation of this host, or it has been changed"));
        };
        if text.run != *run {
            return Err(refused("other_run", "this confirmation is for another caller, action, connection or input"));
        }
        if text.until <= now {
            return Err(refused("expired", "this confirmation has expired: one holds for ten minutes"));
        }
        Ok(Confirmed { nonce: text.nonce, until: text.until })
    }

    /// Reads a confirmation of this principal, whatever its run.
    ///
    /// # Errors
    /// As [`Confirmation::check`].
    pub(crate) async fn read(
        &self,
        vault: &SealedDocuments,
        principal: &PrincipalId,
        now: Timestamp,
    ) -> Result<Confirmed> {
        let run = self.open(vault).await.map(|text| text.run).filter(|run| run.principal == *principal);
        let run =
            run.ok_or_else(|| refused("unknown", "this is no confirmation of this host, or it has been changed"))?;
        self.check(vault, &run, now).await
    }

    // `None` for whatever was not sealed here.
    async fn open(&self, vault: &SealedDocuments) -> Option<SealedText> {
        let sealed = (self.0.len() <= MAX_LENGTH).then(|| URL_SAFE_NO_PAD.decode(&self.0).ok()).flatten()?;
        let plain = vault.open_text(CONFIRMATION_TEXT, &sealed).await.ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

impl Confirmed {
    /// Returns the idempotency key of the run. Nobody else knows it: it is a hash of what is sealed.
    pub(crate) fn key(&self) -> String {
        format!("confirmation:{}", self.hash("run"))
    }

    /// Returns the id of the approval that belongs to the confirmation.
    pub(crate) fn approval(&self) -> String {
        let mut id = self.hash("approval");
        id.truncate(32);
        id
    }

    /// Uses the confirmation, and returns when it was used before, if it was.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn take(&self, vault: &SealedDocuments) -> Result<Option<Timestamp>> {
        let now = Timestamp::now();
        let used = json!(Used { at: now }).to_string();
        match vault.put(CONFIRMATION, &self.use_key(), None, used.as_bytes()).await {
            Ok(_) => Ok(None),
            Err(error) if error.code() == Code::Conflict => {
                let used = vault.get(CONFIRMATION, &self.use_key()).await?;
                let used = used.and_then(|(_, text)| serde_json::from_slice::<Used>(&text).ok());
                Ok(Some(used.map_or(now, |used| used.at)))
            }
            Err(error) => Err(error),
        }
    }

    fn use_key(&self) -> String {
        format!("main/{}", self.hash("use"))
    }

    fn hash(&self, of: &str) -> String {
        sha256_of_lines(&[of, &self.nonce])
    }
}

/// Returns the SHA-256 of the canonical input together with the SHA-256 of each attached file that it names.
///
/// # Errors
/// Those of reading the files.
pub(crate) async fn input_hash(input: &Value, files: &dyn Files) -> Result<String> {
    let mut names = Vec::new();
    named_files(input, &mut names);
    names.sort_unstable();
    names.dedup();
    let mut hashes = Map::new();
    for name in names {
        // A file that is not there is the run's own error.
        let Some(meta) = files.meta(name) else { continue };
        if let Some(known) = files.sha256(name) {
            hashes.insert(name.to_owned(), known.into());
            continue;
        }
        let mut hash = Sha256::new();
        let mut from = 0;
        while from < meta.size {
            let to = meta.size.min(from + CHUNK);
            let chunk = files.read(name, from..to).await?;
            if chunk.is_empty() {
                break;
            }
            from += chunk.len() as u64;
            hash.update(&chunk);
        }
        hashes.insert(name.to_owned(), hex::encode(hash.finalize()).into());
    }
    Ok(sha256(canonical(&json!([input, hashes]))))
}

/// Creates the error for a run that needs a confirmation and has none that holds.
pub(crate) fn refused(reason: &'static str, message: &str) -> Error {
    Error::new(Code::NotConfirmed, message).with_reason(reason)
}

/// Creates the error for a confirmation that was used, and whose run has no outcome that could be returned.
pub(crate) fn used() -> Error {
    refused("used", "this confirmation was used before, and its run did not change anything")
        .with_hint("Preview again, and run it with the new confirmation. If the first run may be going on, wait and repeat this call.")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use graph_client::NoFiles;
    use proptest::prelude::*;

    use super::*;
    use crate::key::KeyRing;
    use crate::store::Sqlite;

    fn vault() -> SealedDocuments {
        SealedDocuments::new(Arc::new(Sqlite::in_memory().unwrap()), KeyRing::random().unwrap())
    }

    fn run() -> ConfirmedRun {
        ConfirmedRun {
            principal: PrincipalId::new("agent").unwrap(),
            action: "outlook.send_email".into(),
            connection: "c1".into(),
            input: sha256("input"),
        }
    }

    #[tokio::test]
    async fn it_holds_for_its_run_alone_and_for_ten_minutes() {
        let (vault, now) = (vault(), Timestamp::now());
        let confirmation = Confirmation::issue(&vault, run(), now).await.unwrap();
        assert!(confirmation.check(&vault, &run(), now).await.is_ok());
        let others = [
            ConfirmedRun { principal: PrincipalId::new("other").unwrap(), ..run() },
            ConfirmedRun { principal: PrincipalId::owner(), ..run() },
            ConfirmedRun { action: "graph.send_email".into(), ..run() },
            ConfirmedRun { connection: "c2".into(), ..run() },
            ConfirmedRun { input: sha256("Input"), ..run() },
        ];
        for other in others {
            let error = confirmation.check(&vault, &other, now).await.err().unwrap();
            assert_eq!((error.code(), error.reason()), (Code::NotConfirmed, Some("other_run")));
        }
        let late = confirmation.check(&vault, &run(), now + LIFE).await.err().unwrap();
        assert_eq!(late.reason(), Some("expired"));
    }

    #[tokio::test]
    async fn what_was_changed_by_a_bit_is_no_confirmation() {
        let (vault, now) = (vault(), Timestamp::now());
        let confirmation = Confirmation::issue(&vault, run(), now).await.unwrap();
        let sealed = URL_SAFE_NO_PAD.decode(confirmation.as_str()).unwrap();
        let mut mutations = 0;
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let changed = Confirmation::new(URL_SAFE_NO_PAD.encode(changed));
            assert_eq!(changed.check(&vault, &run(), now).await.err().unwrap().reason(), Some("unknown"), "bit {bit}");
            mutations += 1;
        }
        for length in 0..sealed.len() {
            let cut = Confirmation::new(URL_SAFE_NO_PAD.encode(&sealed[..length]));
            assert_eq!(cut.check(&vault, &run(), now).await.err().unwrap().reason(), Some("unknown"), "{length}");
            mutations += 1;
        }
        assert!(mutations > 1000, "{mutations}");
        let strange = ["", "x", "=", "\n", &"A".repeat(MAX_LENGTH + 1)];
        for text in strange {
            assert!(Confirmation::new(text).check(&vault, &run(), now).await.is_err(), "{}", text.len());
        }
    }

    #[tokio::test]
    async fn a_sealed_document_and_that_of_another_host_are_no_confirmation() {
        let (vault, other, now) = (vault(), vault(), Timestamp::now());
        let foreign = Confirmation::issue(&other, run(), now).await.unwrap();
        assert_eq!(foreign.check(&vault, &run(), now).await.err().unwrap().reason(), Some("unknown"));
        let text = SealedText { run: run(), nonce: "n".into(), until: now + LIFE };
        let sealed = vault.seal_text("other_kind", &serde_json::to_vec(&text).unwrap()).await.unwrap();
        let swapped = Confirmation(URL_SAFE_NO_PAD.encode(sealed));
        assert_eq!(swapped.check(&vault, &run(), now).await.err().unwrap().reason(), Some("unknown"));
    }

    #[tokio::test]
    async fn it_is_used_once_however_many_come() {
        let (vault, now) = (Arc::new(vault()), Timestamp::now());
        let confirmation = Confirmation::issue(&vault, run(), now).await.unwrap();
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (vault, confirmation) = (vault.clone(), confirmation.clone());
                tokio::spawn(async move {
                    confirmation.check(&vault, &run(), now).await.unwrap().take(&vault).await.unwrap()
                })
            })
            .collect();
        let mut first = 0;
        for task in tasks {
            first += usize::from(task.await.unwrap().is_none());
        }
        assert_eq!(first, 1);
    }

    #[tokio::test]
    async fn the_order_of_properties_does_not_count_and_every_value_does() {
        let hash = async |text: &str| input_hash(&serde_json::from_str(text).unwrap(), &NoFiles).await.unwrap();
        assert_eq!(hash(r#"{"a":1,"b":[1,2]}"#).await, hash(r#"{"b":[1,2],"a":1}"#).await);
        assert_ne!(hash(r#"{"a":1,"b":[1,2]}"#).await, hash(r#"{"a":1,"b":[2,1]}"#).await);
        assert_ne!(hash(r#"{"a":1}"#).await, hash(r#"{"a":1,"b":null}"#).await);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,200}") {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                let found = Confirmation::new(text).check(&vault(), &run(), Timestamp::UNIX_EPOCH).await;
                assert!(found.is_err());
            });
        }
    }
}
