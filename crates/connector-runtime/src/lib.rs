//! The host as a library: it loads connectors and executes what they offer.
//!
//! [`Host::builder`] puts a host together, [`Host::execute`] runs an action, [`Host::stream`] a list, [`Host::choices`]
//! a picklist, [`Host::resolve`] a dynamic schema, [`Host::listen`] a trigger. The host owns everything that a
//! connector must not: sockets, tokens, clocks, storage. See `docs/embedding.md`.

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;
pub mod store;

mod builder;
mod canonical;
mod connection;
mod context;
mod dynamic;
mod execution;
mod failed;
mod files;
mod formats;
mod host;
mod idempotency;
mod key;
mod keys;
mod kinds;
mod list_output;
mod listen;
mod metadata;
mod named;
mod nearest;
mod needs;
mod registry;
mod requests;
mod retention;
mod rng;
mod run;
mod schema_cache;
mod scopes;
mod seal;
mod stream;
mod uploads;
mod validate;

pub use builder::Builder;
pub use connection::{
    BrowserSignIn, ConnectionInfo, ConnectionState, Connections, DeviceSignIn, ExternalConnection, Followers,
    ListedConnection, NewConnection, RequestedScopes, Secrets, SignInStep, TestReport, Trouble,
};
pub use dynamic::Resolved;
pub use files::{LocalFiles, write_private_file};
pub use host::Host;
pub use key::{Key, KeyId, KeyRing, KeySource};
pub use list_output::join_list_output;
pub use listen::{Delivered, Gap, Listen, Listener, Notice};
pub use metadata::{DownloadOrigin, FileOrigin, Metadata, MetadataFile, MetadataStatus};
pub use nearest::nearest;
pub use requests::{NeededBy, Suffices};
pub use run::{Mode, Outcome, Run};
pub use scopes::{Depends, Needed};
pub use seal::RotationReport;
