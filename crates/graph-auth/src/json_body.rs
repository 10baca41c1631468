//! JSON of the sign-in service, read leniently.

use bytes::Bytes;
use connector_sdk::{Error, Json, Result};
use serde::de::DeserializeOwned;

/// Reads a response leniently, without what does not fit.
///
/// # Errors
/// `protocol` without what its type cannot do without.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).or_else(|error| read_what_fits(body).ok_or_else(|| unreadable(&error)))
}

/// Reads a response as [`read`] does; `None` where it cannot be read.
pub(crate) fn read_what_fits<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    Json::parse(Bytes::copy_from_slice(body)).ok()?.read_what_fits()
}

/// Creates the error for a response that cannot be read. The parser's message could quote a token, so only the position
/// is reported.
pub(crate) fn unreadable(error: &serde_json::Error) -> Error {
    Error::protocol(format!(
        "the sign-in service's answer cannot be read at line {}, column {}",
        error.line(),
        error.column()
    ))
}
