//! Placeholder until the vault lands.
use crate::key::KeyRing;
use crate::store::{Revision, Store};
use connector_sdk::Result;
use std::sync::Arc;
pub struct Vault {
    d: Arc<dyn Store>,
}
impl Vault {
    pub fn new(d: Arc<dyn Store>, _: KeyRing) -> Vault {
        Vault { d }
    }
    pub async fn get(&self, k: &str, key: &str) -> Result<Option<(Revision, Vec<u8>)>> {
        Ok(self.d.get(k, key).await?.map(|d| (d.revision, d.bytes.to_vec())))
    }
    pub async fn put(&self, k: &str, key: &str, e: Option<Revision>, b: &[u8]) -> Result<Revision> {
        self.d.put(k, key, e, b.to_vec().into()).await
    }
    pub async fn remove(&self, k: &str, key: &str, e: Revision) -> Result<()> {
        self.d.remove(k, key, e).await
    }
}
