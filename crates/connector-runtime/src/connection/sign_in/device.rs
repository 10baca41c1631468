//! A sign-in with a code on another device.

use std::fmt;
use std::time::Duration;

use connector_sdk::{Code, Error, Result, Retry};
use graph_auth::GrantContext as Exchange;
use graph_auth::device_code::{self, DeviceCode, DevicePoll};
use graph_auth::{Checked, TokenSet};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::pending::{Expected, Initiator, PendingSignIn};
use super::{NewConnection, SignInStep, suspended};
use crate::connection::bounded::Bounded;
use crate::connection::{ConnectionInfo, Connections};

/// A sign-in that waits for a user to type a code on another device.
pub struct DeviceSignIn {
    code: DeviceCode,
    begun: PendingSignIn,
}

/// A suspended sign-in that waits for a user to type a code on another device.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceStatus {
    /// Id of the sign-in.
    pub id: String,
    /// Code that the user types.
    pub user_code: String,
    /// Address where the user types the code.
    pub verification_uri: String,
    /// Instructions for the user, in the service's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Time at which the code expires.
    pub expires: Timestamp,
}

// Whoever reads the code in a log could type it with an account of their own.
impl fmt::Debug for DeviceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceStatus").field("id", &self.id).field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl DeviceStatus {
    pub(super) fn of(id: &str, code: &DeviceCode) -> DeviceStatus {
        DeviceStatus {
            id: id.to_owned(),
            user_code: code.user_code.clone(),
            verification_uri: code.verification_uri.clone(),
            message: code.message.clone(),
            expires: code.expires_at,
        }
    }
}

impl Connections {
    /// Begins a sign-in with a code on another device, and suspends it: any process that shares the store and runs
    /// [`Host::work_sign_ins`](crate::Host::work_sign_ins) finishes it when the user has typed the code.
    ///
    /// # Errors
    /// As [`Connections::connect_new`]; `invalid_input` for another sign-in method.
    pub async fn begin_device(&self, new: NewConnection) -> Result<DeviceStatus> {
        self.begin_device_as(new, None, Expected::Anything).await
    }

    pub(crate) async fn begin_device_as(
        &self,
        new: NewConnection,
        by: Option<Initiator>,
        expected: Expected<'_>,
    ) -> Result<DeviceStatus> {
        // An app would be signed in at once.
        if new.settings.method != connector_sdk::SignInMethod::DeviceCode {
            return Err(Error::invalid("/method", "is not `device_code`"));
        }
        match self.begin(new, by, expected).await? {
            SignInStep::Device(device) => device.suspend().await,
            _ => Err(Error::bug("a device code led to another sign-in")),
        }
    }
}

impl DeviceSignIn {
    pub(super) fn new(code: DeviceCode, begun: PendingSignIn) -> DeviceSignIn {
        DeviceSignIn { code, begun }
    }

    /// Returns the id of the sign-in, under which [`Connections::sign_in_status`] finds one that was suspended.
    pub fn id(&self) -> &str {
        &self.begun.id
    }
    /// Returns the code that the user types.
    pub fn user_code(&self) -> &str {
        &self.code.user_code
    }
    /// Returns the address where the user types the code.
    pub fn verification_uri(&self) -> &str {
        &self.code.verification_uri
    }
    /// Returns when the code expires.
    pub fn expires_at(&self) -> Timestamp {
        self.code.expires_at
    }

    /// Stores the sign-in, sealed, so that any process that shares the store and runs
    /// [`Host::work_sign_ins`](crate::Host::work_sign_ins) finishes it.
    ///
    /// # Errors
    /// The store's.
    pub async fn suspend(self) -> Result<DeviceStatus> {
        suspended::store_device(&self.begun, &self.code).await?;
        Ok(DeviceStatus::of(&self.begun.id, &self.code))
    }

    /// Waits until the user has signed in, and stores the connection.
    ///
    /// # Errors
    /// `not_connected` when the code is over or the user said no; whatever the sign-in service refuses with.
    pub async fn wait(mut self) -> Result<ConnectionInfo> {
        loop {
            tokio::time::sleep(self.code.interval).await;
            match poll(&self.begun.connections, &self.begun.checked, &mut self.code).await? {
                Polled::Done(tokens) => {
                    let log = self.begun.log();
                    return log.change(store(self.begun, *tokens)).await;
                }
                Polled::Pending | Polled::SlowDown | Polled::Lost(_) => {}
            }
        }
    }
}

/// Stores the connection with the tokens of a poll.
pub(super) async fn store(begun: PendingSignIn, tokens: TokenSet) -> Result<ConnectionInfo> {
    begun.check_initiator().await?;
    begun.finish(tokens).await
}

/// Result of a poll that did not end the sign-in with an error.
pub(super) enum Polled {
    Pending,
    /// As `Pending`, and the interval of the code has grown.
    SlowDown,
    /// There was no answer, or none yet. The service may have named a time to wait.
    Lost(Option<Duration>),
    Done(Box<TokenSet>),
}

/// Polls once whether the user has signed in.
///
/// # Errors
/// As [`device_code::poll`], except those that pass by themselves.
pub(super) async fn poll(connections: &Connections, checked: &Checked, code: &mut DeviceCode) -> Result<Polled> {
    let transport = Bounded(connections.transport()?);
    match device_code::poll(&transport, checked, code, Exchange::at(Timestamp::now())).await {
        Ok(DevicePoll::Done(tokens)) => Ok(Polled::Done(tokens)),
        Ok(DevicePoll::SlowDown) => Ok(Polled::SlowDown),
        Ok(DevicePoll::Pending) => Ok(Polled::Pending),
        // RFC 8628 3.5: a lost connection is no answer.
        Err(failure) if failure.reason().is_none() => match Error::from(failure) {
            error if matches!(error.code(), Code::Unavailable | Code::OutcomeUnknown) => {
                tracing::debug!(%error, "a poll was lost");
                Ok(Polled::Lost(match error.retryability() {
                    Retry::After(wait) => Some(wait),
                    _ => None,
                }))
            }
            error => Err(error),
        },
        Err(failure) => Err(failure.into()),
    }
}
