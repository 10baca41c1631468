//! Commands that end when the program is stopped.

use crate::failure::{CliResult, Failure};
use crate::signals;

/// Runs `command` until the program is stopped.
///
/// # Errors
/// The command's; `Stopped` with the signal.
pub(crate) async fn until_stopped<T>(command: impl Future<Output = CliResult<T>>) -> CliResult<T> {
    tokio::select! {
        // A result that is here counts, whoever stops us at the same time.
        biased;
        done = command => done,
        stop = signals::stopped() => Err(Failure::Stopped(stop?)),
    }
}
