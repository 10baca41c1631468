//! Plans of a single request, as most actions need.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Continuation, DownloadName, Plan};
use crate::{File, Raw, Request, StoredResponse};

/// The output of an action whose answer has no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Accepted {
    /// Graph accepted the request.
    pub accepted: bool,
}

/// The output of an action that removes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Deleted {
    /// Graph removed it.
    pub deleted: bool,
}

/// Plans of a single request, as most actions need.
impl Request {
    /// Sends the request and accepts any success.
    pub fn accepted(self) -> Plan<Accepted> {
        Plan::finish(self, |_| Ok(Accepted { accepted: true }))
    }
    /// Sends the request and treats any success as a deletion.
    pub fn deleted(self) -> Plan<Deleted> {
        Plan::finish(self, |_| Ok(Deleted { deleted: true }))
    }
    /// Sends the request and returns the response's JSON unchanged, described by `T`.
    pub fn raw<T: 'static>(self) -> Plan<Raw<T>> {
        Plan::finish(self, |response| response.json().map(Raw::new))
    }
    /// Sends the request and deserializes the response, for plans that need a value from it.
    pub fn decode<T: DeserializeOwned + Send + 'static>(self) -> Plan<T> {
        Plan::finish(self, |response| response.read())
    }
    /// Sends the request and stores the response's body as a file.
    pub fn download(self, name: DownloadName) -> Plan<File> {
        self.store(name).map(|stored| stored.file)
    }
    /// Sends the request and stores the response's body as a file; for callers that want its status and headers too.
    pub fn store(self, name: DownloadName) -> Plan<StoredResponse> {
        Plan::download_then(self, name, Continuation::last(Plan::from))
    }
}
