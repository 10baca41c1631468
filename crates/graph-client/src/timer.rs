//! Timers that take little memory.
//!
//! Tokio's timers are large and aligned to two cache lines, and a future that contains one is too: it
//! would make each box of the pipeline expensive, though few of them wait. So timers live in boxes of
//! their own.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Waits until a point in time.
pub(crate) async fn until(then: Instant) {
    Box::pin(sleep_until(then)).await;
}

/// Waits for a duration.
pub(crate) async fn pause(time: Duration) {
    Box::pin(tokio::time::sleep(time)).await;
}

/// Returns the result of `work`, or `None` if it takes longer than until `end`. It stays where it is, because each
/// `async fn` that takes a future keeps room for it twice.
pub(crate) async fn before<F: Future + ?Sized>(end: Instant, work: Pin<&mut F>) -> Option<F::Output> {
    let mut late = Box::pin(sleep_until(end));
    tokio::select! {
        biased;
        outcome = work => Some(outcome),
        () = &mut late => None,
    }
}

/// Returns the result of `work`, or `None` if it takes longer than `time`.
pub(crate) async fn within<F: Future + ?Sized>(time: Duration, work: Pin<&mut F>) -> Option<F::Output> {
    // A time that no clock reaches is no limit.
    match Instant::now().checked_add(time) {
        Some(end) => before(end, work).await,
        None => Some(work.await),
    }
}
