//! Owners of locks.

use connector_sdk::Result;

use crate::random;

/// Creates the owner of one lock: never the same twice, so that nobody is let in twice.
///
/// # Errors
/// `unavailable` when the system gives no random bytes.
pub(crate) fn owner() -> Result<String> {
    Ok(format!("{}-{}", std::process::id(), random::name::<16>()?))
}
