//! The audit log: who did what, and how it ended.

use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::{Code, Effect, Result};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::principal::{Interface, PrincipalId};

/// What an entry of the audit log is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditKind {
    /// A run of an action.
    Run,
    /// A preview of a run.
    Preview,
    /// A call that was refused by the rules.
    Refusal,
    /// An approval was asked for.
    ApprovalAsked,
    /// An approval was given.
    ApprovalGiven,
    /// An approval was refused.
    ApprovalRefused,
    /// A key was made.
    ApiKeyAdded,
    /// The grant of a key was changed.
    ApiKeyChanged,
    /// A key was revoked.
    ApiKeyRevoked,
    /// A connection was made.
    ConnectionAdded,
    /// A connection was signed in anew.
    ConnectionSignedIn,
    /// The secret or certificate of a connection was replaced.
    ConnectionChanged,
    /// A connection was removed.
    ConnectionRemoved,
    /// An app registration was stored or replaced.
    ProfileStored,
    /// An app registration was removed.
    ProfileRemoved,
    /// A temporary file was stored.
    FileAdded,
    /// A temporary file was removed by whoever stored it.
    FileRemoved,
    /// A watch was made.
    WatchAdded,
    /// A watch was changed.
    WatchChanged,
    /// A watch was paused.
    WatchPaused,
    /// A watch was resumed.
    WatchResumed,
    /// A watch begins anew.
    WatchReset,
    /// A watch was removed.
    WatchRemoved,
    /// A destination was made.
    DestinationAdded,
    /// A destination was changed.
    DestinationChanged,
    /// The secret of a destination was replaced.
    DestinationSecretRotated,
    /// An event was sent to test a destination.
    DestinationTested,
    /// A destination was paused.
    DestinationPaused,
    /// A destination was resumed.
    DestinationResumed,
    /// A destination was removed.
    DestinationRemoved,
    /// The events of a watch are sent to a destination from now on.
    DestinationAttached,
    /// The events of a watch are not sent to a destination any more.
    DestinationDetached,
    /// An event was delivered to a destination.
    EventDelivered,
    /// A failed delivery is tried again because somebody asked for it.
    DeliveryRetried,
    /// A failed delivery was given up.
    DeliveryDiscarded,
    /// Events are sent again because somebody asked for it.
    EventsReplayed,
}

impl AuditKind {
    /// All that this version knows.
    pub const ALL: &[AuditKind] = &[
        AuditKind::Run,
        AuditKind::Preview,
        AuditKind::Refusal,
        AuditKind::ApprovalAsked,
        AuditKind::ApprovalGiven,
        AuditKind::ApprovalRefused,
        AuditKind::ApiKeyAdded,
        AuditKind::ApiKeyChanged,
        AuditKind::ApiKeyRevoked,
        AuditKind::ConnectionAdded,
        AuditKind::ConnectionSignedIn,
        AuditKind::ConnectionChanged,
        AuditKind::ConnectionRemoved,
        AuditKind::ProfileStored,
        AuditKind::ProfileRemoved,
        AuditKind::FileAdded,
        AuditKind::FileRemoved,
        AuditKind::WatchAdded,
        AuditKind::WatchChanged,
        AuditKind::WatchPaused,
        AuditKind::WatchResumed,
        AuditKind::WatchReset,
        AuditKind::WatchRemoved,
        AuditKind::DestinationAdded,
        AuditKind::DestinationChanged,
        AuditKind::DestinationSecretRotated,
        AuditKind::DestinationTested,
        AuditKind::DestinationPaused,
        AuditKind::DestinationResumed,
        AuditKind::DestinationRemoved,
        AuditKind::DestinationAttached,
        AuditKind::DestinationDetached,
        AuditKind::EventDelivered,
        AuditKind::DeliveryRetried,
        AuditKind::DeliveryDiscarded,
        AuditKind::EventsReplayed,
    ];

    /// Returns the stable name, such as `api_key_added`.
    pub const fn name(self) -> &'static str {
        match self {
            AuditKind::Run => "run",
            AuditKind::Preview => "preview",
            AuditKind::Refusal => "refusal",
            AuditKind::ApprovalAsked => "approval_asked",
            AuditKind::ApprovalGiven => "approval_given",
            AuditKind::ApprovalRefused => "approval_refused",
            AuditKind::ApiKeyAdded => "api_key_added",
            AuditKind::ApiKeyChanged => "api_key_changed",
            AuditKind::ApiKeyRevoked => "api_key_revoked",
            AuditKind::ConnectionAdded => "connection_added",
            AuditKind::ConnectionSignedIn => "connection_signed_in",
            AuditKind::ConnectionChanged => "connection_changed",
            AuditKind::ConnectionRemoved => "connection_removed",
            AuditKind::ProfileStored => "profile_stored",
            AuditKind::ProfileRemoved => "profile_removed",
            AuditKind::FileAdded => "file_added",
            AuditKind::FileRemoved => "file_removed",
            AuditKind::WatchAdded => "watch_added",
            AuditKind::WatchChanged => "watch_changed",
            AuditKind::WatchPaused => "watch_paused",
            AuditKind::WatchResumed => "watch_resumed",
            AuditKind::WatchReset => "watch_reset",
            AuditKind::WatchRemoved => "watch_removed",
            AuditKind::DestinationAdded => "destination_added",
            AuditKind::DestinationChanged => "destination_changed",
            AuditKind::DestinationSecretRotated => "destination_secret_rotated",
            AuditKind::DestinationTested => "destination_tested",
            AuditKind::DestinationPaused => "destination_paused",
            AuditKind::DestinationResumed => "destination_resumed",
            AuditKind::DestinationRemoved => "destination_removed",
            AuditKind::DestinationAttached => "destination_attached",
            AuditKind::DestinationDetached => "destination_detached",
            AuditKind::EventDelivered => "event_delivered",
            AuditKind::DeliveryRetried => "delivery_retried",
            AuditKind::DeliveryDiscarded => "delivery_discarded",
            AuditKind::EventsReplayed => "events_replayed",
        }
    }
}

/// An entry of the audit log. It holds no input, output, address, subject or token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// What it is about.
    pub kind: AuditKind,
    /// Principal that called; empty for the owner.
    pub principal: PrincipalId,
    /// Interface through which it called.
    pub interface: Interface,
    /// Id of the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Strongest effect that the run may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Id of the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// Id of the key, the approval or the temporary file, or name of the app registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How it ended. Without it, it is going on, or nobody knows how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<AuditEnd>,
}

/// How something in the audit log ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEnd {
    /// Error code; `None` for a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Reason within the code, where the error has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Duration in milliseconds.
    #[serde(default)]
    pub milliseconds: u64,
    /// Whether the outcome of an earlier run was returned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
    /// Number of requests that were sent to Graph.
    #[serde(default)]
    pub requests: u64,
    /// Graph's ids of the first requests: at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_ids: Vec<String>,
    /// Id of what was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// An entry as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord {
    /// Position in the log: rises with each entry, and is never used twice.
    pub id: u64,
    /// Time at which the entry was appended, by the engine's clock.
    pub at: Timestamp,
    /// The entry.
    #[serde(flatten)]
    pub entry: AuditEntry,
}

/// Entries that are looked for. All that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Principals, any of them; `None`: every principal.
    pub principals: Option<Vec<PrincipalId>>,
    /// What the entry is about.
    pub kind: Option<AuditKind>,
    /// Id of the action.
    pub action: Option<String>,
    /// Id of the connection.
    pub connection: Option<String>,
    /// Whether the entry has no end.
    pub is_open: bool,
}

/// A log of who did what.
///
/// ```
/// use connector_runtime::store::{AuditEnd, AuditEntry, AuditFilter, AuditKind, AuditLog, Sqlite};
/// use connector_runtime::{Interface, PrincipalId};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> connector_sdk::Result<()> {
/// let store = Sqlite::in_memory()?;
/// let entry = AuditEntry {
///     kind: AuditKind::Run,
///     principal: PrincipalId::owner(),
///     interface: Interface::CommandLine,
///     action: Some("outlook.send_email".into()),
///     effect: None,
///     connection: None,
///     target: None,
///     end: None,
/// };
/// let ids = store.record(&[entry]).await?;
/// store.finish(ids[0], &AuditEnd::default()).await?;
/// let page = store.entries(&AuditFilter::default(), None, 10).await?;
/// assert_eq!(page[0].entry.end, Some(AuditEnd::default()));
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends all of these entries or none, in order, and returns their ids. When it returns, they outlive a crash.
    async fn record(&self, entries: &[AuditEntry]) -> Result<Vec<u64>>;

    /// Adds the end to an entry that has none.
    ///
    /// # Errors
    /// `conflict` when the entry has an end, or is gone; nothing is changed then.
    async fn finish(&self, id: u64, end: &AuditEnd) -> Result<()>;

    /// Returns the latest `limit` entries that the filter lets pass and whose id is below `before`, the latest first.
    /// To continue, pass the last id as `before`.
    async fn entries(&self, filter: &AuditFilter, before: Option<u64>, limit: usize) -> Result<Vec<AuditRecord>>;

    /// Removes at most `most` entries that are older than `age`, the oldest first, and returns how many.
    async fn prune(&self, age: Duration, most: u64) -> Result<u64>;
}
