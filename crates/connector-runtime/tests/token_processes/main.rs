//! Tokens under several processes, in small. The example `token_proofs` does it at large.

mod proofs;

use std::time::Duration;

use proofs::{Load, child, hung, killed, shared};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_connection_is_renewed_once_by_all_processes() {
    if child().await {
        return;
    }
    let this = ["--exact", "each_connection_is_renewed_once_by_all_processes"];
    let load = Load { processes: 4, tasks: 25, connections: 10 };
    let found = shared(load, &this).await;
    assert_eq!((found.token_requests, found.failed, found.calls), (10, 0, 1_000), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_during_a_renewal_loses_nothing() {
    if child().await {
        return;
    }
    let this = ["--exact", "a_kill_during_a_renewal_loses_nothing"];
    let found = killed(20, &this).await;
    assert_eq!(found.lost, 0, "{found:?}");
    assert!(found.waiting + found.answered > 0, "no kill came in time: {found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_hangs_delays_nobody_with_a_valid_token() {
    // No call comes to an end later than the service that hangs for longer than the test may take.
    let found = hung(2, 10, Duration::from_secs(600)).await;
    assert_eq!((found.calls, found.failed, found.token_requests), (20, 0, 2), "{found:?}");
}
