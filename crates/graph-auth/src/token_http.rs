//! Requests to the sign-in service and their responses: JSON or a refusal.

use bytes::Bytes;
use connector_sdk::{Error, Result, Secret, Transport, read_to_end};
use http::Request;
use http::response::Parts;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::json_body::read;
use crate::refusal::{Failure, Refusal, lost};

/// Maximum size of a response, in bytes. Those of the sign-in service are a few kilobytes.
const LIMIT: usize = 1 << 20;

/// Values from outside that a request needs, since this crate has neither clock nor files.
#[derive(Debug, Clone, Copy)]
pub struct GrantContext<'a> {
    /// Current time.
    pub now: Timestamp,
    /// Claims request (JSON) of a challenge that Graph responded with.
    pub claims: Option<&'a str>,
    /// Token of another issuer, for workload identity: the present content of the file.
    pub federated: Option<&'a Secret>,
}

impl GrantContext<'_> {
    /// Creates the values from the time alone.
    pub fn at(now: Timestamp) -> GrantContext<'static> {
        GrantContext { now, claims: None, federated: None }
    }
}

/// Sends a request and reads its response to the end, whatever its status. Redirects are responses too: what the
/// request holds goes to one address only.
pub(crate) async fn send(transport: &dyn Transport, request: Request<Bytes>) -> Result<(Parts, Bytes)> {
    let (head, body) = transport.send(request).await.map_err(lost)?.into_parts();
    Ok((head, read_to_end(body, LIMIT).await.map_err(lost)?))
}

/// Sends a request and reads the JSON of its response. `secrets` is what the request holds and no refusal may bring
/// back.
pub(crate) async fn call<T: DeserializeOwned>(
    transport: &dyn Transport,
    request: Request<Bytes>,
    secrets: &[Secret],
) -> Result<T, Failure> {
    let uri = request.uri().clone();
    let (head, body) = send(transport, request).await?;
    if !head.status.is_success() {
        return Err(Failure::Refused(Box::new(Refusal::read(head.status, &head.headers, &body, secrets).at(&uri))));
    }
    read(&body).map_err(Failure::from)
}

/// Creates the error for a request that cannot be built: its parts were checked before.
pub(crate) fn unwritable<E>(_: E) -> Error {
    Error::bug("a request to the sign-in service that cannot be written")
}
