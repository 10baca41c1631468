//! One exchange with the sign-in service: a request goes out, JSON or a refusal comes back.

use bytes::Bytes;
use connector_sdk::{Error, Json, Result, Secret, Transport, read_to_end};
use http::Request;
use http::response::Parts;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::refusal::{Failure, Refusal, lost};

/// An answer of the sign-in service is a few kilobytes.
const LIMIT: usize = 1 << 20;

/// What an exchange is given from outside, since this crate has neither clock nor files.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The time.
    pub now: Timestamp,
    /// The claims request (JSON) of a challenge that Graph answered with.
    pub claims: Option<&'a str>,
    /// The other issuer's token, for workload identity: what stands in the file just now.
    pub federated: Option<&'a Secret>,
}

impl Given<'_> {
    /// The time and nothing else.
    pub fn at(now: Timestamp) -> Given<'static> {
        Given { now, claims: None, federated: None }
    }
}

/// Sends a request and reads its answer to the end, whatever its status. Redirects are answers too: what
/// the request holds goes to one address only.
pub(crate) async fn send(transport: &dyn Transport, request: Request<Bytes>) -> Result<(Parts, Bytes)> {
    let (head, body) = transport.send(request).await.map_err(lost)?.into_parts();
    Ok((head, read_to_end(body, LIMIT).await.map_err(lost)?))
}

/// Sends a request and reads the JSON of its answer. `secrets` is what the request holds and no refusal may
/// bring back.
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

/// Reads an answer, without what does not fit.
///
/// # Errors
/// `protocol` without what its type cannot do without.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).or_else(|error| read_what_fits(body).ok_or_else(|| unreadable(&error)))
}

/// As [`read`], and `None` where it cannot be read.
pub(crate) fn read_what_fits<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    Json::parse(Bytes::copy_from_slice(body)).ok()?.read_what_fits()
}

/// An answer that is not what it should be. The parser's message could quote a token, so only the place is
/// told.
pub(crate) fn unreadable(error: &serde_json::Error) -> Error {
    Error::protocol(format!(
        "the sign-in service's answer cannot be read at line {}, column {}",
        error.line(),
        error.column()
    ))
}

/// A request that cannot be written: its parts were checked before.
pub(crate) fn unwritable<E>(_: E) -> Error {
    Error::bug("a request to the sign-in service that cannot be written")
}
