//! The test suite that every engine must pass.
//!
//! The author of an engine runs it against an empty store:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! use connector_runtime::store::{Sqlite, conformance};
//!
//! conformance::check_all(async || Sqlite::in_memory().unwrap()).await;
//! # }
//! ```
//!
//! A check panics with a sentence that says which promise was broken. No check depends on how fast the
//! machine is: what must not happen is given an hour, and what must happen is waited for.

mod audit;
mod budget;
mod docs;
mod locks;
mod log;
mod tasks;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{Code, Result};

use super::Store;

/// A time longer than any check runs.
const LONG: Duration = Duration::from_secs(3600);
/// A time that is over at once, on the scale of people.
const SHORT: Duration = Duration::from_millis(20);
/// Number of competitors in a race.
const RACERS: usize = 8;

/// Runs every check, each on a new store from `make`.
///
/// # Panics
/// When the engine breaks a promise, or fails for another reason.
pub async fn check_all<S: Store + 'static>(make: impl AsyncFn() -> S) {
    docs::check(&make).await;
    locks::check(&make).await;
    tasks::check(&make).await;
    log::check(&make).await;
    budget::check(&make).await;
    audit::check(&make).await;
}

/// Runs checks by name, so that a failure is found quickly.
macro_rules! run {
    ($make:expr, $($check:ident),+ $(,)?) => {$(
        tracing::debug!(check = stringify!($check), "store conformance");
        $check(std::sync::Arc::new($make().await)).await;
    )+};
}
use run;

fn text(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

#[track_caller]
fn ok<T>(result: Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("the engine failed: {error}"))
}

#[track_caller]
fn fails_with<T: Debug>(code: Code, result: Result<T>, promise: &str) {
    match result {
        Ok(value) => panic!("{promise}: it succeeded with {value:?}"),
        Err(error) => assert_eq!(error.code(), code, "{promise}: {error}"),
    }
}

/// Waits until `look` returns a value.
async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..1000 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(SHORT).await;
    }
    panic!("never happened: {what}")
}

/// Runs `work` several times concurrently.
async fn race<S, T, F>(store: &Arc<S>, work: impl Fn(Arc<S>, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let racers: Vec<_> = (0..RACERS).map(|racer| tokio::spawn(work(Arc::clone(store), racer))).collect();
    let mut results = Vec::new();
    for racer in racers {
        results.push(racer.await.expect("a racer has failed"));
    }
    results
}
