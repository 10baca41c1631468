//! The embedded engine keeps the promises of the stores.

use connector_runtime::store::{Sqlite, conformance};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let made = std::sync::atomic::AtomicUsize::new(0);
    conformance::check_all(async || {
        let n = made.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Sqlite::open(folder.path().join(format!("{n}.db"))).unwrap()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_memory() {
    conformance::check_all(async || Sqlite::in_memory().unwrap()).await;
}

/// Time that a test moves: nothing waits.
#[tokio::test(start_paused = true)]
async fn in_memory_with_a_paused_clock() {
    conformance::check_all(async || Sqlite::in_memory().unwrap()).await;
}
