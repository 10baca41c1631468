//! The stored watches.

use connector_sdk::{Error, Result, Secret};

use super::{Watch, WatchId};
use crate::kinds::WATCH;
use crate::seal::{NamedDocument, NamedDocuments};

/// The stored watches of a host.
pub(crate) type Watches<'a> = NamedDocuments<'a, Watch>;

impl NamedDocument for Watch {
    type Id = WatchId;
    const KIND: &'static str = WATCH;
    const NOUN: &'static str = "watch";
    const NOUNS: &'static str = "watches";

    fn id(&self) -> &WatchId {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn read_id(text: &str) -> Option<WatchId> {
        WatchId::read(text)
    }

    fn read(plain: &[u8]) -> Option<Watch> {
        serde_json::from_slice(plain).ok()
    }

    fn print(&self) -> Result<Secret> {
        serde_json::to_string(self).map(Secret::new).map_err(|error| Error::bug(error.to_string()))
    }
}
