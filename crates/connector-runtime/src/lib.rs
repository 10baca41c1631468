//! The host as a library: it loads connectors and executes what they offer.
//!
//! [`Host::builder`] puts a host together, [`Host::execute`] runs an action, [`Host::stream`] a list, [`Host::choices`]
//! a picklist, [`Host::resolve`] a dynamic schema, [`Host::listen`] a trigger. The host owns everything that a
//! connector must not: sockets, tokens, clocks, storage. See `docs/embedding.md`.
//!
//! An embedding program depends on this crate and on the connectors. What the signatures here name from other crates is
//! re-exported; [`prelude`] has what most programs use.
//!
//! ```
//! use connector_runtime::prelude::*;
//!
//! # fn main() -> Result<()> {
//! let host = Host::builder().connector(outlook_connector::connector()).build()?;
//! assert_eq!(host.action("outlook.send_email")?.spec().title, "Send email");
//! # Ok(())
//! # }
//! ```

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;
pub mod prelude;
pub mod store;

mod approval;
mod audit;
mod authorized;
mod blobs;
mod builder;
mod canonical;
mod confirmation;
mod connection;
mod context;
mod delivery;
mod digest;
mod duration;
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
mod listen;
mod long_numbers;
mod metadata;
mod named;
mod needs;
mod operations;
mod portable;
mod principal;
mod random;
mod rates;
mod registry;
mod requests;
mod retention;
mod rng;
mod run;
mod schema_cache;
mod scopes;
mod seal;
mod search;
mod shared_limits;
mod stream;
mod subscription;
mod uploads;
mod validate;
mod watch;
mod workers;

pub use approval::{Answer, Approval, ApprovalState, Question};
pub use audit::{AuditEvent, AuditObserver, AuditQuery};
pub use authorized::{
    Applied, AuthorizedApiKeys, AuthorizedApprovals, AuthorizedAudit, AuthorizedConnections, AuthorizedDeliveries,
    AuthorizedDestinations, AuthorizedFiles, AuthorizedHost, AuthorizedWatches, ConnectionUsers, OfferedConnection,
    Previewed, TriedWatch,
};
pub use blobs::{
    BlobInfo, BlobList, BlobRange, BlobStore, FileLimits, ObjectBlobs, OpenedFile, TemporaryFile, TemporaryFileWriter,
};
pub use builder::HostBuilder;
pub use confirmation::Confirmation;
pub use connection::{
    BrowserSignIn, ConnectLink, ConnectionInfo, ConnectionPermissions, ConnectionState, Connections, DeviceSignIn,
    DeviceStatus, ExternalConnection, Followers, ListedConnection, NewConnection, OpenedLink, Reconnection,
    RequestedScopes, Resumed, Secrets, SignInLink, SignInState, SignInStatus, SignInStep, TestReport, Trouble,
};
pub use connector_sdk::{join_list_output, read_input, split_list_output};
pub use delivery::{
    Attempt, AttemptError, DeliveryState, Destination, DestinationChange, DestinationId, DestinationInfo,
    DestinationPause, DestinationState, FailedDelivery, FailedId, NewDestination, NewSecret, Replay, ReplayId,
    Selection,
};
pub use duration::parse_duration;
pub use dynamic::Resolved;
pub use files::{LocalFiles, write_private_file};
pub use host::Host;
pub use key::{Key, KeyId, KeyRing, KeySource};
pub use listen::{Delivered, Gap, Listen, Listener, Notice};
pub use long_numbers::long_numbers;
pub use metadata::{DownloadOrigin, FileOrigin, Metadata, MetadataFile, MetadataStatus};
pub use portable::{PORTABLE_DEPTH, Portable, portable};
pub use principal::{
    Access, ApprovalBy, ConnectionRef, Domain, Exception, Grant, Interface, MAX_CHAIN, NewApiKey, Pattern, Patterns,
    Principal, PrincipalId, PrincipalInfo, Reach, Rule, Rules,
};
pub use requests::{NeededBy, Suffices};
pub use run::{Mode, Outcome, Run};
pub use scopes::{Depends, Needed};
pub use seal::RotationReport;
pub use search::{FoundAction, MAX_FOUND_ACTIONS};
pub use subscription::{MAX_NOTIFICATION, Received, SubscriptionState};
pub use watch::{NewWatch, Pause, Watch, WatchChange, WatchEvent, WatchId, WatchInfo, WatchMode, WatchState};
pub use workers::WorkerOptions;

// What the signatures of this crate name, in the one version that the workspace agrees on.
pub use connector_sdk::{
    Account, Actor, AnyAction, AnyDynamicSchema, AnyPicklist, AnyTrigger, ApiVersion, ByteRange, ByteStream, Change,
    Choice, ChoiceQuery, Choices, Code, ConnectionSpec, Connector, Effect, Error, FileMeta, Granted, Issue, Json,
    Reference, Request, Response, Result, Retry, Secret, Sent, SignInMethod, Spec, Subject, Sufficient, Transport,
    Upstream, read_to_end, whole,
};
pub use graph_auth::{
    AppCredential, ClientAuthStyle, Cloud, GraphVersion, Identity, OauthProfile, Reason, ScopeNames, Settings,
};
pub use graph_client::{
    AddressRules, Call, CallEvent, Endpoint, FileWriter, Files, HttpResponse, HttpTransport, HttpTransportBuilder,
    ItemSink, Limits, Next, NoFiles, NoProgress, Observer, Policy, Progress, ProgressEvent, ResponseBody, RetryPolicy,
    Token, TokenRequest, Tokens, usual_transport,
};
#[cfg(feature = "reqwest")]
pub use graph_client::{ReqwestClient, ReqwestTransport, no_redirects};
pub use graph_metadata::{Model, Table};
// The traits of this crate that a program implements are asynchronous.
pub use async_trait::async_trait;
pub use {bytes, http, jiff, serde_json, url};
