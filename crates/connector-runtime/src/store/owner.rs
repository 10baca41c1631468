//! Owners of locks.

use connector_sdk::{Error, Result};

/// Creates the owner of one lock: never the same twice, so that nobody is let in twice.
///
/// # Errors
/// `bug` when the system gives no random bytes.
pub(crate) fn owner() -> Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| Error::bug(error.to_string()))?;
    Ok(format!("{}-{:032x}", std::process::id(), u128::from_ne_bytes(random)))
}
