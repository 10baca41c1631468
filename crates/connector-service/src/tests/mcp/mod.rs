//! The Model Context Protocol over a real server.

mod approvals;
mod client;
mod confirmations;
mod injections;
mod origins;
mod protocol;
mod results;
mod sign_ins;
mod stdio;
mod story;
mod tools;

use connector_runtime::{ApprovalBy, Grant, Rules};

use super::world::{Key, World, reaching};

/// Makes a key that reads, creates and updates after a preview, and sends and deletes after an approval.
async fn guarded(world: &World, approvals: ApprovalBy) -> Key {
    world.key(Grant { rules: Rules { approvals, ..Rules::guarded() }, ..reaching("work", "*") }).await
}

/// Returns the requests that Graph got and that change something.
fn changes(world: &World) -> Vec<String> {
    let seen = world.sandbox.requests();
    let changes = seen.iter().filter(|seen| !matches!(seen.method.as_str(), "GET" | "HEAD"));
    // Some reads are posts.
    let reads = ["/getSchedule", "/findMeetingTimes", "/getMailTips", "/token"];
    let changes = changes.filter(|seen| !reads.iter().any(|read| seen.path.ends_with(read)));
    changes.map(|seen| format!("{} {}", seen.method, seen.path)).collect()
}
