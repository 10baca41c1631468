//! The sealed layer above the documents.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use connector_sdk::{Code, Error, Result, Secret};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::{AssociatedData, open, seal, sealed_with};
use crate::key::{Key, KeyId, KeyRing, KeySource};
use crate::store::{Doc, DocumentStore, Put, Revision};

/// Prefix of the vault's document kinds, which tells them from those that are stored in the clear.
const SEALED: &str = "sealed.";

/// Key of what is handed out. No document has it: a line break is in no name.
const HANDED_OUT: &str = "\n";

/// Number of documents that are read at once while all are resealed.
const PAGE: usize = 100;

/// Plain content of a document, wiped from memory when it is dropped.
pub(crate) type Plain = Zeroizing<Vec<u8>>;

/// Documents that are sealed before an engine sees them. Otherwise as [`DocumentStore`].
pub(crate) struct SealedDocuments {
    docs: Arc<dyn DocumentStore>,
    keys: KeyRing,
}

/// Progress of resealing all documents.
#[derive(Debug, Default)]
pub struct RotationReport {
    /// Number of documents that were sealed with an older key, and now are with the current one.
    pub changed: usize,
    /// Number of documents that were sealed with the current key already.
    pub current: usize,
    /// Documents that cannot be opened, by kind and key, with the reason. They are left unchanged.
    pub failed: Vec<(String, String, Error)>,
}

impl SealedDocuments {
    /// Creates a vault over these documents.
    pub(crate) fn new(docs: Arc<dyn DocumentStore>, keys: KeyRing) -> SealedDocuments {
        SealedDocuments { docs, keys }
    }

    /// Returns the document as it is now; `None` when there is none.
    ///
    /// # Errors
    /// As [`DocumentStore::get`]; `unavailable` when it was sealed with a key that is not at hand; `bug` when it
    /// has been changed or moved.
    pub(crate) async fn get(&self, kind: &str, key: &str) -> Result<Option<(Revision, Plain)>> {
        match self.docs.get(&sealed(kind), key).await? {
            Some(doc) => Ok(Some((doc.revision, self.open(AssociatedData { kind, key }, &doc.bytes).await?))),
            None => Ok(None),
        }
    }

    /// Writes the document if it is still at `expected` (`None`: if there is none).
    ///
    /// # Errors
    /// As [`DocumentStore::put`].
    pub(crate) async fn put(
        &self,
        kind: &str,
        key: &str,
        expected: Option<Revision>,
        plain: &[u8],
    ) -> Result<Revision> {
        let bytes = seal(&self.sealing_key().await?, AssociatedData { kind, key }, plain)?;
        self.docs.put(&sealed(kind), key, expected, bytes.into()).await
    }

    /// Seals a text that is handed out and not stored. It opens as this kind alone.
    ///
    /// # Errors
    /// As [`SealedDocuments::put`].
    pub(crate) async fn seal_text(&self, kind: &str, plain: &[u8]) -> Result<Vec<u8>> {
        seal(&self.sealing_key().await?, AssociatedData { kind, key: HANDED_OUT }, plain)
    }

    /// Opens what [`SealedDocuments::seal_text`] has sealed.
    ///
    /// # Errors
    /// `unavailable` when it was not sealed so, has been changed, or its key is not at hand.
    pub(crate) async fn open_text(&self, kind: &str, sealed: &[u8]) -> Result<Plain> {
        self.open(AssociatedData { kind, key: HANDED_OUT }, sealed).await
    }

    /// Returns the revision of the document without opening it: for that no key is needed.
    ///
    /// # Errors
    /// As [`DocumentStore::revision`].
    pub(crate) async fn revision(&self, kind: &str, key: &str) -> Result<Option<Revision>> {
        self.docs.revision(&sealed(kind), key).await
    }

    /// Returns the first `limit` documents of a kind whose key begins with `prefix`, by key and revision, without
    /// opening them.
    ///
    /// # Errors
    /// As [`DocumentStore::list`].
    pub(crate) async fn revisions(&self, kind: &str, prefix: &str, limit: usize) -> Result<Vec<(String, Revision)>> {
        let found = self.docs.list(&sealed(kind), prefix, None, limit).await?;
        Ok(found.into_iter().map(|(key, doc)| (key, doc.revision)).collect())
    }

    /// Returns the keys of the documents of a kind, in order, without opening them.
    ///
    /// # Errors
    /// As [`DocumentStore::list`].
    pub(crate) async fn keys_of(&self, kind: &str) -> Result<Vec<String>> {
        Ok(self.docs.list(&sealed(kind), "", None, usize::MAX).await?.into_iter().map(|(key, _)| key).collect())
    }

    /// Writes the document as [`SealedDocuments::put`] does, with the room that [`DocumentStore::reserve`] has made sure of.
    ///
    /// # Errors
    /// As [`DocumentStore::put_reserved`].
    pub(crate) async fn put_reserved(
        &self,
        kind: &str,
        key: &str,
        expected: Revision,
        plain: &[u8],
    ) -> Result<Revision> {
        let bytes = seal(&self.sealing_key().await?, AssociatedData { kind, key }, plain)?;
        self.docs.put_reserved(&sealed(kind), key, Some(expected), bytes.into()).await
    }

    /// Writes all of these documents of a kind, or none: by key, each if it is still at its revision.
    ///
    /// # Errors
    /// As [`DocumentStore::put_all`].
    pub(crate) async fn put_all(&self, kind: &str, documents: Vec<(&str, Option<Revision>, Secret)>) -> Result<()> {
        let current = self.sealing_key().await?;
        let sealed = |(key, expected, plain): (&str, _, Secret)| {
            let bytes = seal(&current, AssociatedData { kind, key }, plain.expose().as_bytes())?.into();
            Ok(Put { kind: sealed(kind), key: key.to_owned(), expected, bytes })
        };
        self.docs.put_all(documents.into_iter().map(sealed).collect::<Result<_>>()?).await.map(|_| ())
    }

    /// Removes the document if it is still at `expected`.
    ///
    /// # Errors
    /// As [`DocumentStore::remove`].
    pub(crate) async fn remove(&self, kind: &str, key: &str, expected: Revision) -> Result<()> {
        self.docs.remove(&sealed(kind), key, expected).await
    }

    /// Lists documents of a kind, as [`DocumentStore::list`] does. One that does not open does not hide the others.
    ///
    /// # Errors
    /// As [`DocumentStore::list`].
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
            let plain = self.open(AssociatedData { kind, key: &key }, &doc.bytes).await;
            opened.push((key, doc.revision, plain));
        }
        Ok(opened)
    }

    /// Makes `new` the key that seals, stores it in the source, and reseals everything. Reads and writes continue
    /// meanwhile, in this process and in others. Older keys stay in the source, because another process may go on
    /// sealing with one until it meets the new one.
    ///
    /// When it is interrupted, [`SealedDocuments::reseal`] continues.
    ///
    /// # Errors
    /// `invalid_input` when the keys come from the environment, which cannot be changed from inside;
    /// otherwise as [`SealedDocuments::reseal`].
    pub(crate) async fn rotate(
        &self,
        new: Key,
        progress: impl FnMut(&RotationReport) + Send,
    ) -> Result<RotationReport> {
        // A key that was lost is told; a new one would hide that.
        self.sealing_key().await?;
        let keys = self.keys.clone();
        blocking(move || keys.add(new)).await?;
        self.reseal(progress).await
    }

    /// Reseals with the current key what was sealed with an older one, document by document. `progress` is called after
    /// each document with what was done so far.
    ///
    /// # Errors
    /// As [`DocumentStore::list`] and [`DocumentStore::put`]. What was done until then stays done.
    pub(crate) async fn reseal(&self, mut progress: impl FnMut(&RotationReport) + Send) -> Result<RotationReport> {
        let mut report = RotationReport::default();
        for kind in self.docs.kinds(SEALED).await? {
            let mut after: Option<String> = None;
            loop {
                let page = self.docs.list(&kind, "", after.as_deref(), PAGE).await?;
                let Some((last, _)) = page.last() else { break };
                after = Some(last.clone());
                for (key, doc) in page {
                    let place = AssociatedData { kind: kind.strip_prefix(SEALED).unwrap_or(&kind), key: &key };
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

    /// Removes all keys but the one that seals, after everything was resealed with that one. Returns the ids of the
    /// removed keys.
    ///
    /// # Errors
    /// `conflict` when something cannot be opened, which would then be lost, or another process makes a new key;
    /// otherwise as [`SealedDocuments::rotate`].
    pub(crate) async fn retire(&self) -> Result<Vec<KeyId>> {
        let current = self.sealing_key().await?;
        self.seal_all().await?;
        let older: Vec<KeyId> = self.keys.ids().into_iter().filter(|id| *id != current.id()).collect();
        let source = self.keys.source().cloned();
        let keep = current.clone();
        blocking(move || source.map_or(Ok(()), |source| source.retire(&keep))).await?;
        // Again: another process may have sealed with an older key until a moment ago, and here they are still known.
        self.seal_all().await?;
        self.keys.forget_others(&current);
        Ok(older)
    }

    /// Moves the keys to another place.
    ///
    /// # Errors
    /// As [`SealedDocuments::put`] and [`KeySource::move_to`].
    pub(crate) async fn move_keys(&self, to: KeySource) -> Result<()> {
        let Some(from) = self.keys.source().cloned() else {
            return Err(Error::new(Code::InvalidInput, "the program that uses these keys keeps them itself"));
        };
        // Where there is none yet, it is made in the new place, and never where one was lost.
        if !self.keys.is_missing() || !self.docs.kinds(SEALED).await?.is_empty() {
            self.sealing_key().await?;
        }
        blocking(move || from.move_to(&to)).await
    }

    async fn seal_all(&self) -> Result<()> {
        let report = self.reseal(|_| {}).await?;
        let Some((kind, key, error)) = report.failed.first() else { return Ok(()) };
        let message = format!("{} documents cannot be opened, the first is {kind} {key}: {error}", report.failed.len());
        Err(Error::new(Code::Conflict, message).with_hint(
            "The older keys stay, because one of them may open it. Mend the cause, or remove what cannot be opened.",
        ))
    }

    /// Returns the keys, of which one seals.
    ///
    /// # Errors
    /// As [`SealedDocuments::put`].
    pub(crate) async fn keys(&self) -> Result<&KeyRing> {
        self.sealing_key().await.map(|_| &self.keys)
    }

    /// Returns the key that seals. Where nothing was sealed yet and no key exists, one is created.
    async fn sealing_key(&self) -> Result<Key> {
        // Another process may seal with a newer key since, and let go of this one.
        if self.keys.is_outdated() {
            self.reload().await?;
        }
        if let Some(key) = self.keys.current() {
            return Ok(key);
        }
        if self.keys.is_missing() && self.docs.kinds(SEALED).await?.is_empty() {
            let keys = self.keys.clone();
            blocking(move || keys.make()).await?;
        } else {
            self.reload().await?;
        }
        self.keys.current().ok_or_else(|| Error::bug("a source of keys without a key"))
    }

    async fn reload(&self) -> Result<()> {
        let keys = self.keys.clone();
        blocking(move || keys.reload()).await
    }

    /// Reseals a document if needed, and returns whether it was.
    async fn renew(&self, place: AssociatedData<'_>, mut doc: Doc) -> Result<bool, Renew> {
        loop {
            let current = self.sealing_key().await.map_err(Renew::Failed)?;
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

    async fn open(&self, place: AssociatedData<'_>, sealed: &[u8]) -> Result<Plain> {
        let id = sealed_with(place, sealed)?;
        let key = match self.keys.find(id) {
            Some(key) => key,
            None => self.look_again(id).await?.ok_or_else(|| place.no_key(id))?,
        };
        open(&key, place, sealed)
    }

    /// Reads the keys again: another process may have added the key since they were read.
    async fn look_again(&self, id: KeyId) -> Result<Option<Key>> {
        self.reload().await?;
        Ok(self.keys.find(id))
    }
}

/// Error of a document that was not resealed.
enum Renew {
    /// The document does not open; the others may.
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
