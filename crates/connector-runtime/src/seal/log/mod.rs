//! The sealed layer above the event log.
//!
//! Events and cursors are sealed in the form of [`super`] under a data key of their source. The data keys of a source
//! are a sealed document, so that a new key of the vault costs one small document for each source, however many events
//! it has. The tag covers the event's id, and the name that the source had when the data key was made.
//!
//! Where the vault seals with another key than when the latest data key was made, the next write makes a new data key.
//! The ones before stay for what they have sealed. What nothing needs any more goes when the next one is made; the one
//! before that stays until then, because another process may be about to write with it.
//!
//! What an older version has stored is not sealed. It is JSON, which never begins with the first byte of a sealed
//! entry, and is read as it is. Ids, names of sources, and times are never sealed.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{Code, Error, Result, Secret};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{AssociatedData, SealedDocuments, open, seal, sealed_with};
use crate::key::{Key, KeyId};
use crate::kinds::DATA_KEY;
use crate::store::{Committed, EventLog, Lag, NewEvent, Revision, Start, Store, StoredEvent};

/// First byte from which on an entry is text, and was never sealed.
const TEXT: u8 = 9;

/// Number of events that are read at once while the keys are looked for that are still needed.
const PAGE: usize = 100;

/// Number of sources whose keys are kept in memory.
const KEPT: usize = 10_000;

/// A log whose events and cursors are sealed before an engine sees them. Otherwise as its store's [`EventLog`].
pub(crate) struct SealedLog {
    store: Arc<dyn Store>,
    vault: Arc<SealedDocuments>,
    known: Mutex<HashMap<String, Arc<SourceKeys>>>,
}

/// The data keys of a source.
struct SourceKeys {
    revision: Revision,
    /// The newest first.
    keys: Vec<DataKey>,
}

#[derive(Clone)]
struct DataKey {
    key: Key,
    /// Id of the vault's key at the time at which this one was made.
    master: String,
    /// Name that the source had then.
    place: String,
}

#[derive(Deserialize)]
struct SourceKeysRecord {
    keys: Vec<DataKeyRecord>,
}

#[derive(Deserialize)]
struct DataKeyRecord {
    key: Secret,
    master: String,
    place: String,
}

impl SealedLog {
    pub(crate) fn new(store: Arc<dyn Store>, vault: Arc<SealedDocuments>) -> SealedLog {
        SealedLog { store, vault, known: Mutex::default() }
    }

    /// Returns the keys of the source as they are stored now; `None` where it has none.
    async fn keys(&self, source: &str) -> Result<Option<Arc<SourceKeys>>> {
        let revision = self.vault.revision(DATA_KEY, source).await?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(source).cloned();
        // Another process may have replaced them, or forgotten the source.
        match (known, revision) {
            (Some(known), Some(revision)) if known.revision == revision => Ok(Some(known)),
            _ => self.load(source).await,
        }
    }

    async fn load(&self, source: &str) -> Result<Option<Arc<SourceKeys>>> {
        let Some((revision, plain)) = self.vault.get(DATA_KEY, source).await? else { return Ok(None) };
        let record: SourceKeysRecord = serde_json::from_slice(&plain).map_err(|_| {
            Error::new(Code::Unavailable, format!("the {DATA_KEY} {source} is not in a form that this program knows"))
                .with_hint("Update this program.")
        })?;
        let keys = record.keys.into_iter().map(|record| {
            Ok(DataKey { key: Key::parse(record.key.expose())?, master: record.master, place: record.place })
        });
        Ok(Some(self.keep(source, SourceKeys { revision, keys: keys.collect::<Result<_>>()? })))
    }

    fn keep(&self, source: &str, keys: SourceKeys) -> Arc<SourceKeys> {
        let keys = Arc::new(keys);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(source.to_owned(), keys.clone());
        keys
    }

    /// Returns the key that seals, which is made where there is none for the vault's key.
    async fn sealing_key(&self, source: &str) -> Result<DataKey> {
        let ring = self.vault.keys().await?;
        let current = ring.current().ok_or_else(|| Error::bug("a source of keys without a key"))?;
        let master = current.id().to_string();
        loop {
            let keys = self.keys(source).await?;
            if let Some(keys) = &keys
                && let Some(found) = keys.keys.iter().find(|key| key.master == master)
            {
                return Ok(found.clone());
            }
            match self.add_key(source, keys.as_deref(), &master).await {
                // Another writer has made one.
                Err(error) if error.code() == Code::Conflict => {}
                added => {
                    let added = added?;
                    let newest = added.keys.first().ok_or_else(|| Error::bug("no key was added"))?;
                    return Ok(newest.clone());
                }
            }
        }
    }

    async fn add_key(&self, source: &str, before: Option<&SourceKeys>, master: &str) -> Result<Arc<SourceKeys>> {
        let mut keys = vec![DataKey { key: Key::random()?, master: master.to_owned(), place: source.to_owned() }];
        if let Some(before) = before {
            let needed = self.needed(source).await?;
            let older = before.keys.iter().enumerate();
            keys.extend(older.filter(|(n, key)| *n == 0 || needed.contains(&key.key.id())).map(|(_, key)| key.clone()));
        }
        let revision =
            self.vault.put(DATA_KEY, source, before.map(|before| before.revision), write(&keys).as_bytes()).await?;
        Ok(self.keep(source, SourceKeys { revision, keys }))
    }

    /// Returns the ids of the keys that have sealed what the source has now.
    async fn needed(&self, source: &str) -> Result<HashSet<KeyId>> {
        let id = |bytes: &[u8]| sealed_with(AssociatedData { kind: "event", key: source }, bytes).ok();
        let mut needed: HashSet<KeyId> =
            self.store.cursor(source).await?.and_then(|(_, cursor)| id(&cursor)).into_iter().collect();
        let mut after = 0;
        loop {
            let page = self.store.page(source, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(needed) };
            after = last.sequence;
            needed.extend(page.iter().filter_map(|event| id(&event.bytes)));
        }
    }

    async fn seal_events(&self, source: &str, events: &[NewEvent]) -> Result<Vec<NewEvent>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let DataKey { key, place, .. } = self.sealing_key(source).await?;
        events
            .iter()
            .map(|event| {
                let of = format!("{place} {}", event.id);
                let bytes = seal(&key, AssociatedData { kind: "event", key: &of }, &event.bytes)?;
                Ok(NewEvent::new(event.id.clone(), bytes))
            })
            .collect()
    }

    async fn open_events(&self, source: &str, mut events: Vec<StoredEvent>) -> Result<Vec<StoredEvent>> {
        for event in &mut events {
            event.bytes = self.open(source, "event", Some(&event.id), &event.bytes).await?;
        }
        Ok(events)
    }

    async fn open(&self, source: &str, kind: &str, id: Option<&str>, bytes: &Bytes) -> Result<Bytes> {
        if bytes.first().is_none_or(|first| *first >= TEXT) {
            return Ok(bytes.clone());
        }
        let at = |place: &str| id.map_or_else(|| place.to_owned(), |id| format!("{place} {id}"));
        let here = at(source);
        let here = AssociatedData { kind, key: &here };
        let sealer = sealed_with(here, bytes)?;
        let find = |keys: &SourceKeys| keys.keys.iter().find(|key| key.key.id() == sealer).cloned();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(source).and_then(|keys| find(keys));
        let DataKey { key, place, .. } = match known {
            Some(known) => known,
            // Another process may have made it since.
            None => self.load(source).await?.and_then(|keys| find(&keys)).ok_or_else(|| here.no_key(sealer))?,
        };
        let plain = open(&key, AssociatedData { kind, key: &at(&place) }, bytes)?;
        Ok(Bytes::copy_from_slice(&plain))
    }

    async fn forget_keys(&self, source: &str) -> Result<()> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(source);
        while let Some(revision) = self.vault.revision(DATA_KEY, source).await? {
            match self.vault.remove(DATA_KEY, source, revision).await {
                Err(error) if error.code() == Code::Conflict => {}
                removed => return removed,
            }
        }
        Ok(())
    }
}

/// Serializes data keys. The text is wiped from memory.
fn write(keys: &[DataKey]) -> Zeroizing<String> {
    // With room for all of it, so that no part is left behind where it grew.
    let room: usize = keys.iter().map(|key| 128 + 2 * key.place.len()).sum();
    let mut text = Zeroizing::new(String::with_capacity(16 + room));
    text.push_str(r#"{"keys":["#);
    for (n, key) in keys.iter().enumerate() {
        text.push_str(if n == 0 { r#"{"key":""# } else { r#",{"key":""# });
        text.push_str(&key.key.print());
        text.push_str(&format!(r#"","master":"{}","place":{}}}"#, key.master, serde_json::Value::from(&*key.place)));
    }
    text.push_str("]}");
    text
}

#[async_trait]
impl EventLog for SealedLog {
    async fn commit(
        &self,
        source: &str,
        expected: Option<Revision>,
        events: &[NewEvent],
        cursor: Bytes,
    ) -> Result<Committed> {
        let DataKey { key, place, .. } = self.sealing_key(source).await?;
        let events = self.seal_events(source, events).await?;
        let cursor = seal(&key, AssociatedData { kind: "cursor", key: &place }, &cursor)?;
        self.store.commit(source, expected, &events, cursor.into()).await
    }

    async fn append(&self, source: &str, events: &[NewEvent]) -> Result<usize> {
        let events = self.seal_events(source, events).await?;
        self.store.append(source, &events).await
    }

    async fn cursor(&self, source: &str) -> Result<Option<(Revision, Bytes)>> {
        let Some((revision, bytes)) = self.store.cursor(source).await? else { return Ok(None) };
        Ok(Some((revision, self.open(source, "cursor", None, &bytes).await?)))
    }

    async fn read(&self, source: &str, consumer: &str, limit: usize) -> Result<Vec<StoredEvent>> {
        let events = self.store.read(source, consumer, limit).await?;
        self.open_events(source, events).await
    }

    async fn page(&self, source: &str, after: u64, limit: usize) -> Result<Vec<StoredEvent>> {
        let events = self.store.page(source, after, limit).await?;
        self.open_events(source, events).await
    }

    async fn join(&self, source: &str, consumer: &str, start: Start) -> Result<()> {
        self.store.join(source, consumer, start).await
    }

    async fn ack(&self, source: &str, consumer: &str, up_to: u64) -> Result<()> {
        self.store.ack(source, consumer, up_to).await
    }

    async fn ack_older(&self, source: &str, consumer: &str, age: Duration) -> Result<()> {
        self.store.ack_older(source, consumer, age).await
    }

    async fn lag(&self, source: &str, consumer: &str) -> Result<Lag> {
        self.store.lag(source, consumer).await
    }

    async fn leave(&self, source: &str, consumer: &str) -> Result<bool> {
        self.store.leave(source, consumer).await
    }

    async fn rename(&self, source: &str, name: &str) -> Result<bool> {
        // The keys are there before what they open, and under the old name until it has gone.
        // Where the other name has some, both stay: it may have events, and is not taken then.
        if let Some(from) = self.keys(source).await? {
            let there = self.keys(name).await?;
            let mut keys = there.as_ref().map(|there| there.keys.clone()).unwrap_or_default();
            let known: HashSet<KeyId> = keys.iter().map(|key| key.key.id()).collect();
            keys.extend(from.keys.iter().filter(|key| !known.contains(&key.key.id())).cloned());
            let expected = there.map(|there| there.revision);
            let revision = self.vault.put(DATA_KEY, name, expected, write(&keys).as_bytes()).await?;
            self.keep(name, SourceKeys { revision, keys });
        }
        let renamed = self.store.rename(source, name).await?;
        if renamed {
            self.forget_keys(source).await?;
        }
        Ok(renamed)
    }

    async fn forget(&self, source: &str) -> Result<()> {
        self.store.forget(source).await?;
        self.forget_keys(source).await
    }
}
