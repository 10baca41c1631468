//! Measures what `docs/security.md` says about tokens: `cargo run -p connector-runtime --example token_proofs`.
//!
//! It takes about two minutes, most of them waiting.

#[path = "../tests/token_processes/proofs.rs"]
mod proofs;

use std::time::Duration;

use proofs::{Hung, Killed, Load, Shared, child, hung, killed, shared};

#[tokio::main]
#[allow(clippy::print_stdout)]
async fn main() {
    if child().await {
        return;
    }
    for load in [Load { processes: 8, tasks: 100, connections: 50 }, Load { processes: 1, tasks: 1000, connections: 1 }]
    {
        let (processes, tasks, connections) = (load.processes, load.tasks, load.connections);
        let Shared { calls, failed, token_requests, took } = shared(load, &[]).await;
        println!("{processes} processes × {tasks} tasks × {connections} connections, every token ended:");
        println!(
            "  {calls} calls, {token_requests} token requests, {failed} processes with a failed call, {:.1} s",
            took.as_secs_f64()
        );
    }

    const KILLS: usize = 200;
    let Killed { waiting, answered, stored, lost } = killed(KILLS, &[]).await;
    println!("{KILLS} × kill -9 during a renewal:");
    println!(
        "  {waiting} before the answer, {answered} between the answer and the store, {stored} after; {lost} connections lost"
    );

    let hang = Duration::from_secs(30);
    let Hung { calls, failed, token_requests, slowest_before, slowest } = hung(50, 20, hang).await;
    println!("The sign-in service hangs for {} s, tokens are valid and should be renewed:", hang.as_secs());
    println!(
        "  {calls} calls, {failed} failed, {token_requests} token requests; the slowest call took {slowest:.1?}, and {slowest_before:.1?} while nothing hung"
    );
}
