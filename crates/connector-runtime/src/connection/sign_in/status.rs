//! What became of suspended sign-ins.

use connector_sdk::{Code, Error, Result, SignInMethod, Upstream};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::DeviceStatus;
use super::suspended::SPACE;
use crate::connection::record::Trouble;
use crate::connection::trouble::trouble_of;
use crate::connection::{ConnectionInfo, Connections};
use crate::kinds::SIGN_IN_STATUS;
use crate::principal::PrincipalId;

/// Time for which the end of a sign-in can be read.
const KEPT: SignedDuration = SignedDuration::from_mins(10);

/// A suspended sign-in, as whoever began it sees it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInStatus {
    /// Id of the sign-in.
    pub id: String,
    /// Name of the connection.
    pub connection: String,
    /// Sign-in method.
    pub method: String,
    /// State of the sign-in.
    #[serde(flatten)]
    pub state: SignInState,
}

/// State of a suspended sign-in.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "state")]
#[non_exhaustive]
pub enum SignInState {
    /// The user has not finished.
    Waiting {
        /// Time at which the sign-in ends by itself.
        expires: Timestamp,
        /// Code that the user types, for a sign-in with one.
        #[serde(skip_serializing_if = "Option::is_none")]
        device: Option<DeviceStatus>,
    },
    /// The connection is signed in.
    Done {
        /// Id of the connection.
        connection_id: String,
        /// Time at which it was signed in.
        at: Timestamp,
    },
    /// The sign-in has ended without a connection.
    Failed {
        /// Error.
        error: Box<Error>,
        /// Time at which it ended.
        at: Timestamp,
    },
}

/// The status of a sign-in as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredStatus {
    /// Time at which it ended, or ends by itself.
    pub(super) at: Timestamp,
    pub(super) name: String,
    pub(super) method: SignInMethod,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) by: Option<PrincipalId>,
    pub(super) state: StoredState,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoredState {
    Waiting { device: Option<StoredCode> },
    Done { connection: String },
    Failed { trouble: Box<Trouble>, said: Option<Box<Upstream>> },
}

/// What a user types, as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredCode {
    user_code: String,
    verification_uri: String,
    message: Option<String>,
    expires: Timestamp,
}

impl From<DeviceStatus> for StoredCode {
    fn from(DeviceStatus { id: _, user_code, verification_uri, message, expires }: DeviceStatus) -> StoredCode {
        StoredCode { user_code, verification_uri, message, expires }
    }
}

impl StoredStatus {
    // `None` once the end is too long ago.
    fn at_time(self, id: &str, now: Timestamp) -> Option<SignInStatus> {
        if now.duration_since(self.at) >= KEPT {
            return None;
        }
        let at = self.at;
        let state =
            match self.state {
                StoredState::Waiting { .. } if at <= now => {
                    SignInState::Failed { error: Box::new(expired(self.method)), at }
                }
                StoredState::Waiting { device } => {
                    let device = device.map(|StoredCode { user_code, verification_uri, message, expires }| {
                        DeviceStatus { id: id.to_owned(), user_code, verification_uri, message, expires }
                    });
                    SignInState::Waiting { expires: at, device }
                }
                StoredState::Done { connection } => SignInState::Done { connection_id: connection, at },
                StoredState::Failed { trouble, said } => {
                    SignInState::Failed { error: Box::new(trouble.error(said.as_deref())), at }
                }
            };
        Some(SignInStatus { id: id.to_owned(), connection: self.name, method: self.method.name().to_owned(), state })
    }
}

impl Connections {
    /// Returns what became of a suspended sign-in. Its end can be read for ten minutes.
    ///
    /// # Errors
    /// `not_found` for one that does not exist, or has ended longer ago; the store's.
    pub async fn sign_in_status(&self, id: &str) -> Result<SignInStatus> {
        self.sign_in_status_of(id, |_| true).await
    }

    /// Returns the status of a sign-in whose initiator is seen. One without an initiator is the owner's.
    pub(crate) async fn sign_in_status_of(
        &self,
        id: &str,
        is_seen: impl Fn(&PrincipalId) -> bool,
    ) -> Result<SignInStatus> {
        let missing = || {
            Error::new(Code::NotFound, format!("there is no sign-in with the id `{}`", id.escape_debug()))
                .with_hint("What became of a sign-in is kept for ten minutes after its end.")
        };
        // What is no id is not looked up.
        if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(missing());
        }
        let Some((_, plain)) = self.0.vault.get(SIGN_IN_STATUS, &format!("{SPACE}{id}")).await? else {
            return Err(missing());
        };
        let stored: StoredStatus =
            serde_json::from_slice(&plain).map_err(|_| Error::bug("the status of a sign-in cannot be read"))?;
        let by = stored.by.clone().unwrap_or(const { PrincipalId::owner() });
        if !is_seen(&by) {
            return Err(missing());
        }
        stored.at_time(id, self.now()).ok_or_else(missing)
    }

    /// Stores the status of a sign-in that has begun.
    pub(super) async fn put_sign_in_status(&self, id: &str, status: &StoredStatus) -> Result<()> {
        let text = serde_json::to_vec(status).map_err(|_| Error::bug("the status of a sign-in cannot be written"))?;
        self.0.vault.put(SIGN_IN_STATUS, &format!("{SPACE}{id}"), None, &text).await.map(|_| ())
    }

    /// Stores the end of a sign-in. What happened has happened, also where this fails.
    pub(super) async fn end_sign_in(&self, id: &str, result: &Result<ConnectionInfo>) {
        if let Err(error) = self.store_end(id, result).await {
            tracing::warn!(%error, "the end of a sign-in was not stored");
        }
    }

    async fn store_end(&self, id: &str, result: &Result<ConnectionInfo>) -> Result<()> {
        let key = format!("{SPACE}{id}");
        loop {
            let Some((revision, plain)) = self.0.vault.get(SIGN_IN_STATUS, &key).await? else { return Ok(()) };
            let before: StoredStatus =
                serde_json::from_slice(&plain).map_err(|_| Error::bug("the status of a sign-in cannot be read"))?;
            let state = match result {
                Ok(info) => StoredState::Done { connection: info.id.clone() },
                Err(error) => StoredState::Failed {
                    trouble: Box::new(trouble_of(error, None, None, 1)),
                    said: error.upstream().cloned().map(Box::new),
                },
            };
            let text = serde_json::to_vec(&StoredStatus { at: self.now(), state, ..before })
                .map_err(|_| Error::bug("the status of a sign-in cannot be written"))?;
            match self.0.vault.put(SIGN_IN_STATUS, &key, Some(revision), &text).await {
                // A rotation of keys has written it meanwhile.
                Err(error) if error.code() == Code::Conflict => {}
                put => return put.map(|_| ()),
            }
        }
    }
}

/// Creates the error for a sign-in that nobody finished in time.
pub(super) fn expired(method: SignInMethod) -> Error {
    let why = match method {
        SignInMethod::DeviceCode => "the code was not used in time",
        _ => "the sign-in cannot be finished: it took longer than ten minutes",
    };
    Error::new(Code::NotConnected, why).with_reason("expired").with_hint("Start the sign-in again.")
}
