//! Descriptions that are kept, because they are large and seldom change.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use connector_runtime::{AuthorizedHost, Json, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::{Described, Version, document};

/// Maximum number of descriptions that are kept: those of two versions, of everything and of each connector.
const MOST: usize = 12;

/// A description as it is sent.
pub(crate) struct Kept {
    /// Tag of the description.
    pub(crate) tag: String,
    /// Text of the description.
    pub(crate) text: Bytes,
    /// The text in gzip.
    pub(crate) gzip: Bytes,
}

/// What a description depends on, beside what is the same in the whole service.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    version: Version,
    connector: Option<String>,
    // Of the ids of what the caller reaches: callers who reach the same share a description.
    reach: [u8; 32],
}

/// The descriptions that are kept. Each is made when somebody asks for it first; the one that was not asked for longest
/// goes.
#[derive(Default)]
pub(crate) struct KeptDescriptions(Mutex<VecDeque<(Key, Arc<Kept>)>>);

impl KeptDescriptions {
    /// Returns the description of what a caller reaches.
    ///
    /// # Errors
    /// `bug` for what cannot be written.
    pub(crate) fn get(&self, host: &AuthorizedHost, described: &Described<'_>) -> Result<Arc<Kept>> {
        let key =
            Key { version: described.version, connector: described.connector.map(str::to_owned), reach: reach(host) };
        if let Some(kept) = self.find(&key) {
            return Ok(kept);
        }
        let kept = Arc::new(Kept::new(host, described)?);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.truncate(MOST - 1);
        all.push_front((key, kept.clone()));
        Ok(kept)
    }

    fn find(&self, key: &Key) -> Option<Arc<Kept>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|(known, _)| known == key)?;
        let found = all.remove(at)?;
        let kept = found.1.clone();
        all.push_front(found);
        Some(kept)
    }
}

fn reach(host: &AuthorizedHost) -> [u8; 32] {
    let mut hash = Sha256::new();
    let connectors = host.connectors().map(|connector| connector.name.to_owned());
    for name in connectors.chain(host.actions().map(|(id, _)| id)) {
        hash.update(name);
        hash.update([0]);
    }
    hash.finalize().into()
}

impl Kept {
    fn new(host: &AuthorizedHost, described: &Described<'_>) -> Result<Kept> {
        let text = Json::of(&document(host, described))?.bytes().clone();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        // Writing to memory does not fail.
        let gzip = encoder.write_all(&text).and_then(|()| encoder.finish());
        let gzip = gzip.map_err(|error| connector_runtime::Error::bug("gzip does not end").caused_by(error))?;
        // Of the same description in both forms, so a weak one (RFC 9110 8.8.3).
        let tag = format!("W/\"{}\"", hex::encode(&Sha256::digest(&text)[..8]));
        Ok(Kept { tag, text, gzip: gzip.into() })
    }
}
