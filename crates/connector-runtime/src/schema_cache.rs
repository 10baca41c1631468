//! Cache of resolved dynamic schemas.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::validate::Validator;

/// Time to live of a resolved schema: 5 minutes. Before one refuses an input, it is resolved anew.
const BELIEVED: Duration = Duration::from_secs(300);
/// Maximum number of cached schemas.
const REMEMBERED: usize = 256;

/// Cache of compiled schemas, by key, each with its expiry.
#[derive(Default)]
pub(crate) struct SchemaCache(Mutex<HashMap<String, (Instant, Arc<Validator>)>>);

impl SchemaCache {
    /// Returns the schema of this key, if it is not expired.
    pub(crate) fn get(&self, key: &str) -> Option<Arc<Validator>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(until, _)| *until > Instant::now()).map(|(_, validator)| validator.clone())
    }

    /// Stores a schema.
    pub(crate) fn put(&self, key: String, validator: Arc<Validator>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            let now = Instant::now();
            known.retain(|_, (until, _)| *until > now);
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, (Instant::now() + BELIEVED, validator));
    }
}
