//! Random bytes of the operating system.

use connector_sdk::{Code, Error, Result};

/// Fills `bytes` with random bytes.
///
/// # Errors
/// `unavailable` when the system has none.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|error| Error::new(Code::Unavailable, format!("the system gives no random bytes: {error}")))
}

/// Returns random bytes.
///
/// # Errors
/// As [`fill`].
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

/// Returns `N` random bytes in hexadecimal digits: a name that nobody can guess.
///
/// # Errors
/// As [`fill`].
pub(crate) fn name<const N: usize>() -> Result<String> {
    bytes::<N>().map(hex::encode)
}
