//! Stored connections: sealed, under their names.

use connector_sdk::{Code, Error, Result, Retry, Secret, Upstream};
use graph_auth::{Identity, Reason, Settings, TokenSet};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::kinds::CONNECTION;
use crate::seal::SealedDocuments;
use crate::store::Revision;

/// Maximum correction of a clock. What began later than that from now began under a wrong clock.
const CORRECTION: SignedDuration = SignedDuration::from_secs(5);

/// Returns whether a time is in the future, so that what is said to have begun then began under a clock that was ahead.
pub(super) fn is_ahead(began: Timestamp, now: Timestamp) -> bool {
    began.duration_since(now) > CORRECTION
}

/// A stored connection.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionRecord {
    /// Id, which stays when the connection is made anew; limits and cursors hang on it.
    pub(crate) id: String,
    /// Connector that the connection was made for.
    pub(crate) connector: String,
    pub(crate) settings: Settings,
    pub(crate) tokens: Option<TokenSet>,
    /// Signed-in identity. It outlives the tokens, so that a sign-in as somebody else is noticed.
    pub(crate) identity: Option<Identity>,
    pub(crate) state: ConnectionState,
    pub(crate) created: Timestamp,
    /// Time at which tokens were last obtained.
    pub(crate) refreshed: Option<Timestamp>,
    /// Id of the sign-in: another one each time that the connection is made anew, and the same over renewals. `None`
    /// until then, for one that an older version made.
    pub(crate) sign_in: Option<String>,
    /// Whether cursors and outcomes hang on the id alone. Those of a connection that an older version made hang on its
    /// name until they are used again; a name can have had another connection before.
    pub(crate) kept_by_id: bool,
    pub(crate) renewal: Renewal,
}

/// State of the renewal of the tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Renewal {
    /// Time since which the refresh token may be used up: it was sent, and what came back is not stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sent: Option<Timestamp>,
    /// Number of renewals that have failed in a row.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) failures: u32,
    /// Error details that the sign-in service returned to the last renewal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) said: Option<Upstream>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// State of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ConnectionState {
    /// The connection works, as far as is known.
    Ready,
    /// Somebody must act before the connection works again.
    Broken(Trouble),
    /// The sign-in service did not respond, or asked for patience; the renewal is tried again.
    Waiting(Trouble),
}

/// Trouble with a connection: why its tokens cannot be renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trouble {
    /// Reason as a stable name, where the sign-in service gave one.
    pub reason: Option<Reason>,
    /// Error code; troubles that older versions have stored have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Description of what happened.
    pub message: String,
    /// Advice on what to do.
    pub hint: String,
    /// Time at which the trouble began.
    pub since: Timestamp,
    /// Time of the next attempt, where that can help without the user: for what passes by itself, and for what an
    /// administrator may have fixed meanwhile.
    pub until: Option<Timestamp>,
    /// Claims that the next sign-in must request, where the service named them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
}

impl Trouble {
    /// Returns whether no renewal is to be attempted: the user must act, or the time of the next attempt has not come.
    pub(super) fn lasts(&self, now: Timestamp) -> bool {
        match self.until {
            Some(until) => !is_ahead(self.since, now) && now < until,
            // Older versions never asked again, whatever it was.
            None => !self.reason.is_some_and(Reason::may_be_lifted),
        }
    }

    /// Returns the error as it was reported first. `said` is what the sign-in service said.
    pub(super) fn error(&self, said: Option<&Upstream>) -> Error {
        let code = self.code.or(self.reason.map(Reason::code)).unwrap_or(Code::NotConnected);
        // What is shown of it has the request id in its sentence, as the error has.
        let id = said.and_then(|said| said.request_id.as_ref()).map(|id| format!(" (request-id {id})"));
        let message = id.and_then(|id| self.message.strip_suffix(&id)).unwrap_or(&self.message);
        let error = Error::new(code, message).with_hint(self.hint.clone());
        said.cloned().into_iter().fold(error, Error::with_upstream)
    }
}

// Written by hand because of the secrets inside: neither settings nor tokens can be serialised by accident.
#[derive(Serialize, Deserialize)]
struct StoredConnection {
    id: String,
    connector: String,
    settings: Box<RawValue>,
    tokens: Option<Box<RawValue>>,
    identity: Option<Identity>,
    #[serde(flatten)]
    state: ConnectionState,
    created: Timestamp,
    refreshed: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign_in: Option<String>,
    #[serde(default)]
    kept_by_id: bool,
    #[serde(default)]
    renewal: Renewal,
}

impl ConnectionRecord {
    /// Reads the connection of this name.
    pub(crate) async fn load(vault: &SealedDocuments, name: &str) -> Result<Option<(Revision, ConnectionRecord)>> {
        let Some((revision, bytes)) = vault.get(CONNECTION, name).await? else { return Ok(None) };
        Ok(Some((revision, ConnectionRecord::read(&bytes)?)))
    }

    /// Stores the record as [`ConnectionRecord::store`] does, with the room that was reserved for it.
    pub(crate) async fn store_reserved(
        &self,
        vault: &SealedDocuments,
        name: &str,
        expected: Revision,
    ) -> Result<Revision> {
        let text = self.print()?;
        vault.put_reserved(CONNECTION, name, expected, text.expose().as_bytes()).await
    }

    /// Stores the record, if the store still has the revision that it was read at.
    pub(crate) async fn store(
        &self,
        vault: &SealedDocuments,
        name: &str,
        expected: Option<Revision>,
    ) -> Result<Revision> {
        let text = self.print()?;
        vault.put(CONNECTION, name, expected, text.expose().as_bytes()).await
    }

    /// Returns whether both are one sign-in of one connection: nothing but its tokens and its state differs. Only then
    /// do the tokens of one go where the other's went.
    pub(crate) fn is_same_sign_in(&self, other: &ConnectionRecord) -> bool {
        // Who signed in is learned with the first tokens in some cases, and then stays.
        let same_identity = match (&self.identity, &other.identity) {
            (Some(one), Some(other)) => one.is_same(other),
            _ => true,
        };
        same_identity
            && self.id == other.id
            && self.sign_in == other.sign_in
            && self.connector == other.connector
            && self.settings == other.settings
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<ConnectionRecord> {
        // The reader's own message could quote a secret.
        let unreadable = || {
            Error::new(Code::Unavailable, "a stored connection cannot be read")
                .retry(Retry::Never)
                .with_hint("It may be written by a newer version. Remove it and connect again.")
        };
        let stored: StoredConnection = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
        Ok(ConnectionRecord {
            id: stored.id,
            connector: stored.connector,
            settings: serde_json::from_str(stored.settings.get()).map_err(|_| unreadable())?,
            tokens: stored.tokens.map(|tokens| TokenSet::from_sealed_json(&Secret::new(tokens.get()))).transpose()?,
            identity: stored.identity,
            state: stored.state,
            created: stored.created,
            refreshed: stored.refreshed,
            sign_in: stored.sign_in,
            kept_by_id: stored.kept_by_id,
            renewal: stored.renewal,
        })
    }

    /// Serializes the record as [`ConnectionRecord::read`] reads it, **with its secrets**.
    pub(crate) fn print(&self) -> Result<Secret> {
        let raw = |secret: Secret| {
            RawValue::from_string(secret.expose().to_owned())
                .map_err(|_| Error::bug("a connection could not be written"))
        };
        let stored = StoredConnection {
            id: self.id.clone(),
            connector: self.connector.clone(),
            settings: raw(self.settings.to_sealed_json())?,
            tokens: self.tokens.as_ref().map(|tokens| raw(tokens.to_sealed_json())).transpose()?,
            identity: self.identity.clone(),
            state: self.state.clone(),
            created: self.created,
            refreshed: self.refreshed,
            sign_in: self.sign_in.clone(),
            kept_by_id: self.kept_by_id,
            renewal: self.renewal.clone(),
        };
        serde_json::to_string(&stored).map(Secret::new).map_err(|_| Error::bug("a connection could not be written"))
    }
}
