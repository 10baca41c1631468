//! The sandbox: a Microsoft Entra and a Microsoft Graph in memory, with faults on demand.
//!
//! It behaves as Microsoft documents, not as one client happens to call: it refuses what they refuse.
//! Use it in process, where a [`Sandbox`] is a [`Transport`](connector_sdk::Transport), or over HTTP
//! with [`Sandbox::serve`].

mod caller;
mod clock;
mod control;
mod entra;
mod faults;
mod graph;
mod reply;
mod sandbox;
mod seen;
mod server;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use caller::Caller;
pub use clock::Clock;
pub use entra::{
    Account, App, AppSecret, Audience, ClientAuth, Consent, FederatedCredential, PERSONAL_ACCOUNT, PERSONAL_TENANT, Provoke, Rotation, seeds,
};
pub use faults::{Fault, FaultCounts, Faults, HostileLink, Limit, RetryAfter, Rule};
pub use graph::{Graph, PartFault, UserCard};
pub use sandbox::{Builder, Holder, Sandbox};
pub use seen::Seen;
pub use server::Server;

// A panic while a lock was held leaves the sandbox usable for the other tests.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
