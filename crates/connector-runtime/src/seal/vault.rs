//! The sealed layer above the documents.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use connector_sdk::{Code, Error, Result};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::{Place, open, seal, sealed_with};
use crate::key::{Key, KeyId, KeyRing};
use crate::store::{Doc, Docs, Revision};

/// The vault's kinds, told from those that others keep in the clear.
const SEALED: &str = "sealed.";

/// How many documents are read at once while all are sealed anew.
const PAGE: usize = 100;

/// What a document says, wiped from memory when it is dropped.
pub(crate) type Plain = Zeroizing<Vec<u8>>;

/// Documents that are sealed before an engine sees them. Otherwise as [`Docs`].
pub(crate) struct Vault {
    docs: Arc<dyn Docs>,
    keys: KeyRing,
}

/// What sealing everything anew has done so far.
#[derive(Debug, Default)]
pub struct Resealed {
    /// Documents that were sealed with an older key, and now are with the current one.
    pub changed: usize,
    /// Documents that were sealed with the current key already.
    pub current: usize,
    /// Documents that cannot be opened, by kind and key, with the reason. They are left as they are.
    pub failed: Vec<(String, String, Error)>,
}

impl Vault {
    /// A vault over these documents.
    pub(crate) fn new(docs: Arc<dyn Docs>, keys: KeyRing) -> Vault {
        Vault { docs, keys }
    }

    /// The document as it is now; `None` when there is none.
    ///
    /// # Errors
    /// As [`Docs::get`]; `unavailable` when it was sealed with a key that is not at hand; `bug` when it
    /// has been changed or moved.
    pub(crate) async fn get(&self, kind: &str, key: &str) -> Result<Option<(Revision, Plain)>> {
        match self.docs.get(&sealed(kind), key).await? {
            Some(doc) => Ok(Some((doc.revision, self.open(Place { kind, key }, &doc.bytes).await?))),
            None => Ok(None),
        }
    }

    /// Writes the document if it is still at `expected` (`None`: if there is none).
    ///
    /// # Errors
    /// As [`Docs::put`].
    pub(crate) async fn put(&self, kind: &str, key: &str, expected: Option<Revision>, plain: &[u8]) -> Result<Revision> {
        let bytes = seal(&self.keys.current(), Place { kind, key }, plain)?;
        self.docs.put(&sealed(kind), key, expected, bytes.into()).await
    }

    /// As [`Vault::put`], with the room that [`Docs::reserve`] has made sure of.
    ///
    /// # Errors
    /// As [`Docs::put_reserved`].
    pub(crate) async fn put_reserved(&self, kind: &str, key: &str, expected: Revision, plain: &[u8]) -> Result<Revision> {
        let bytes = seal(&self.keys.current(), Place { kind, key }, plain)?;
        self.docs.put_reserved(&sealed(kind), key, Some(expected), bytes.into()).await
    }

    /// Removes the document if it is still at `expected`.
    ///
    /// # Errors
    /// As [`Docs::remove`].
    pub(crate) async fn remove(&self, kind: &str, key: &str, expected: Revision) -> Result<()> {
        self.docs.remove(&sealed(kind), key, expected).await
    }

    /// Documents of a kind, as [`Docs::list`]. One that does not open does not hide the others.
    ///
    /// # Errors
    /// As [`Docs::list`].
    #[allow(clippy::type_complexity, reason = "a list of results says best what it is")]
    pub(crate) async fn list(
        &self,
        kind: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Revision, Result<Plain>)>> {
        let found = self.docs.list(&sealed(kind), prefix, after, limit).await?;
        let mut opened = Vec::with_capacity(found.len());
        for (key, doc) in found {
            let plain = self.open(Place { kind, key: &key }, &doc.bytes).await;
            opened.push((key, doc.revision, plain));
        }
        Ok(opened)
    }

    /// Makes `new` the key that seals, keeps it where the keys are kept, and seals everything anew. Reads
    /// and writes go on meanwhile, in this process and in others. Older keys stay where they are kept,
    /// because another process may go on sealing with one until it meets the new one.
    ///
    /// When it is interrupted, [`Vault::reseal`] goes on.
    ///
    /// # Errors
    /// `invalid_input` when the keys come from the environment, which cannot be changed from inside;
    /// otherwise as [`Vault::reseal`].
    pub(crate) async fn rotate(&self, new: Key, progress: impl FnMut(&Resealed) + Send) -> Result<Resealed> {
        let keys = self.keys.clone();
        blocking(move || keys.add(new)).await?;
        self.reseal(progress).await
    }

    /// Seals with the current key what was sealed with an older one, document by document. `progress`
    /// hears after each document what was done so far.
    ///
    /// # Errors
    /// As [`Docs::list`] and [`Docs::put`]. What was done until then stays done.
    pub(crate) async fn reseal(&self, mut progress: impl FnMut(&Resealed) + Send) -> Result<Resealed> {
        let mut report = Resealed::default();
        for kind in self.docs.kinds(SEALED).await? {
            let mut after: Option<String> = None;
            loop {
                let page = self.docs.list(&kind, "", after.as_deref(), PAGE).await?;
                let Some((last, _)) = page.last() else { break };
                after = Some(last.clone());
                for (key, doc) in page {
                    let place = Place { kind: kind.strip_prefix(SEALED).unwrap_or(&kind), key: &key };
                    match self.renew(place, doc).await {
                        Ok(true) => report.changed += 1,
                        Ok(false) => report.current += 1,
                        Err(Renew::Unreadable(error)) => report.failed.push((place.kind.to_owned(), key, error)),
                        Err(Renew::Failed(error)) => return Err(error),
                    }
                    progress(&report);
                }
            }
        }
        Ok(report)
    }

    /// Answers whether the document had to be sealed anew.
    async fn renew(&self, place: Place<'_>, mut doc: Doc) -> Result<bool, Renew> {
        loop {
            let current = self.keys.current();
            if sealed_with(place, &doc.bytes).map_err(Renew::Unreadable)? == current.id() {
                return Ok(false);
            }
            let plain = self.open(place, &doc.bytes).await.map_err(Renew::Unreadable)?;
            let bytes: Bytes = seal(&current, place, &plain).map_err(Renew::Failed)?.into();
            match self.docs.put(&sealed(place.kind), place.key, Some(doc.revision), bytes).await {
                Ok(_) => return Ok(true),
                Err(error) if error.code() != Code::Conflict => return Err(Renew::Failed(error)),
                // Somebody has written it meanwhile: look again.
                Err(_) => match self.docs.get(&sealed(place.kind), place.key).await.map_err(Renew::Failed)? {
                    Some(now) => doc = now,
                    None => return Ok(false),
                },
            }
        }
    }

    async fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Plain> {
        let id = sealed_with(place, sealed)?;
        let key = match self.keys.find(id) {
            Some(key) => key,
            None => self.look_again(id).await?.ok_or_else(|| place.no_key(id))?,
        };
        open(&key, place, sealed)
    }

    /// Another process may have added the key since the keys were read.
    async fn look_again(&self, id: KeyId) -> Result<Option<Key>> {
        let keys = self.keys.clone();
        blocking(move || keys.reload()).await?;
        Ok(self.keys.find(id))
    }
}

/// Why a document was not sealed anew.
enum Renew {
    /// It does not open; the others may.
    Unreadable(Error),
    /// The engine failed.
    Failed(Error),
}

fn sealed(kind: &str) -> String {
    format!("{SEALED}{kind}")
}

async fn blocking(work: impl FnOnce() -> Result<()> + Send + 'static) -> Result<()> {
    spawn_blocking(work).await.unwrap_or_else(|_| Err(Error::new(Code::Unavailable, "the program is ending")))
}
