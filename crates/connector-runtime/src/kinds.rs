//! The kinds of sealed documents. A document is bound to its kind, so the name of a kind never changes.

use std::time::Duration;

/// A connection.
pub(crate) const CONNECTION: &str = "connection";
/// An app registration that connections share.
pub(crate) const OAUTH_PROFILE: &str = "oauth_profile";
/// The outcome of a run with a key.
pub(crate) const OUTCOME: &str = "outcome";
/// A message of the journal of a run with a key. The key of the document is `{run}/{attempt}-{number}`.
pub(crate) const JOURNAL: &str = "journal";
/// The holder of an API key. The key of the document is `main/{id}`.
pub(crate) const PRINCIPAL: &str = "principal";
/// A confirmation that was used. The key of the document is `main/{SHA-256 of its nonce}`.
pub(crate) const CONFIRMATION: &str = "confirmation";
/// What a confirmation is sealed as. It is handed out and never stored.
pub(crate) const CONFIRMATION_TEXT: &str = "confirmation_text";
/// An approval. The key of the document is `main/{id}`.
pub(crate) const APPROVAL: &str = "approval";
/// A sign-in that waits for the browser. The key of the document is `main/{SHA-256 of its state}`.
pub(crate) const SIGN_IN: &str = "signin";
/// A link that begins a sign-in in a browser. The key of the document is `main/{SHA-256 of its token}`.
pub(crate) const SIGN_IN_LINK: &str = "signin_link";
/// A connection that was prepared for somebody to sign in to. The key of the document is `main/{SHA-256 of its token}`.
pub(crate) const CONNECT_LINK: &str = "connect_link";
/// A sign-in that waits for a code to be typed. The key of the document is `main/{id}`.
pub(crate) const DEVICE: &str = "device";
/// What became of a sign-in. The key of the document is `main/{id}`.
pub(crate) const SIGN_IN_STATUS: &str = "signin_status";
/// The address of an unfinished upload session.
pub(crate) const UPLOAD: &str = "upload";

/// A temporary file, with the key of its content. The key of the document is `main/{id}`.
pub(crate) const BLOB: &str = "blob";
/// The temporary files of a principal. The key of the document is `main/{principal}`.
pub(crate) const BLOB_USAGE: &str = "blob_usage";
/// A watch. The key of the document is `main/id/{id}`; that of the document of its name is `main/name/{name}`.
pub(crate) const WATCH: &str = "watch";
/// The trouble of a watch. The key of the document is `main/{id}`.
pub(crate) const WATCH_STATUS: &str = "watch_status";
/// The subscription of a watch to Graph's notifications. The key of the document is `main/{watch}`.
pub(crate) const SUBSCRIPTION: &str = "subscription";
/// Whose subscription an address for notifications is. The key of the document is `main/{SHA-256 of its token}`.
pub(crate) const INGRESS: &str = "ingress";
/// A destination, with its secrets. The key of the document is `main/id/{id}`; that of the document of its name is
/// `main/name/{name}`.
pub(crate) const DESTINATION: &str = "destination";
/// The state of the endpoint of a destination. The key of the document is `main/{id}`.
pub(crate) const DESTINATION_STATUS: &str = "destination_status";
/// An event that was not delivered. The key of the document is `main/{destination}/{SHA-256 of source and event id}`.
pub(crate) const FAILED_DELIVERY: &str = "failed_delivery";
/// A replay that is going on. The key of the document is `main/{id}`.
pub(crate) const REPLAY: &str = "replay";
/// The keys that seal the events and cursors of a source. The key of the document is the name of the source.
pub(crate) const DATA_KEY: &str = "data_key";
/// A setting that the host makes for itself. The key of the document is `main/{name}`.
pub(crate) const SETTING: &str = "setting";

/// Retention of used confirmations, of approvals and of sign-ins, which end after ten minutes, and of what became of
/// these: an hour.
pub(crate) const KEPT_WHILE_OPEN: Duration = Duration::from_secs(3600);

/// Retention of outcomes under a key, of their journals, and of the addresses of unfinished uploads: 7 days.
pub(crate) const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
