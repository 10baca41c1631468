//! Suspended sign-ins: sealed documents, from which any process that shares the store finishes them.

use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{Code, Error, Result, Secret};
use graph_auth::Settings;
use graph_auth::authorization_code::{LIFETIME, Pending};
use graph_auth::device_code::DeviceCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;

use super::pending::{Expected, Initiator, PendingSignIn};
use super::status::{StoredState, StoredStatus};
use super::{DeviceStatus, NewConnection};
use crate::connection::Connections;
use crate::digest::sha256;
use crate::kinds::{DEVICE, SIGN_IN};

/// Beginning of the keys of all documents: the one workspace of an installation.
pub(super) const SPACE: &str = "main/";
/// Beginning of the keys of the tasks that poll for device codes.
pub(super) const TASKS: &str = "device/";

/// A suspended sign-in as it is stored. It holds secrets, and so has no `Debug`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Suspended {
    /// Time from which its age counts for retention: its end.
    at: Timestamp,
    pub(super) id: String,
    name: String,
    connector: String,
    settings: Box<RawValue>,
    confirm_other: bool,
    /// Id that the connection has, or will have.
    pub(super) connection: String,
    /// Whether the connection exists.
    pub(super) exists: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) by: Option<Initiator>,
    /// What the flow needs.
    state: Box<RawValue>,
    /// SHA-256 of what the browser must bring along, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) browser: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) back: Option<Url>,
}

impl Suspended {
    fn of(begun: &PendingSignIn, until: Timestamp, state: Secret) -> Result<Suspended> {
        Ok(Suspended {
            at: until,
            id: begun.id.clone(),
            name: begun.new.name.clone(),
            connector: begun.new.connector.clone(),
            settings: raw(begun.new.settings.to_sealed_json())?,
            confirm_other: begun.new.confirm_other,
            connection: begun.connection.clone(),
            exists: begun.before.is_some(),
            by: begun.by.clone(),
            state: raw(state)?,
            browser: None,
            back: None,
        })
    }

    /// Reads what [`Suspended::print`] wrote.
    ///
    /// # Errors
    /// `not_connected` when it is something else; the content is not quoted.
    pub(super) fn read(plain: &[u8]) -> Result<Suspended> {
        serde_json::from_slice(plain).map_err(|_| unreadable())
    }

    /// Serializes the sign-in **with its secrets**, for the vault and for nothing else.
    pub(super) fn print(&self) -> Result<Secret> {
        serde_json::to_string(self).map(Secret::new).map_err(|_| unwritable())
    }

    /// Returns whether the sign-in has ended by itself.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.at <= now
    }

    /// Returns what the browser's flow needs.
    ///
    /// # Errors
    /// `not_connected` when it cannot be read.
    pub(super) fn pending(&self) -> Result<Pending> {
        Pending::from_sealed_json(&Secret::new(self.state.get()))
    }

    /// Returns what the device's flow needs.
    ///
    /// # Errors
    /// `not_connected` when it cannot be read.
    pub(super) fn code(&self) -> Result<DeviceCode> {
        DeviceCode::from_sealed_json(&Secret::new(self.state.get()))
    }

    /// Replaces what the device's flow needs.
    pub(super) fn with_code(self, code: &DeviceCode) -> Result<Suspended> {
        Ok(Suspended { state: raw(code.to_sealed_json())?, ..self })
    }

    /// Returns the sign-in as it was when it was suspended, with the connection as it is now.
    ///
    /// # Errors
    /// `conflict` when the name has another connection meanwhile; `unknown_connection` when its connection was
    /// removed; `invalid_input` when its settings are not accepted any more.
    pub(super) async fn restore(&self, connections: &Connections) -> Result<PendingSignIn> {
        let settings: Settings = serde_json::from_str(self.settings.get()).map_err(|_| unreadable())?;
        let new = NewConnection {
            confirm_other: self.confirm_other,
            ..NewConnection::new(&*self.name, &*self.connector, settings)
        };
        let (new, checked, before) = connections.prepare_complete(new).await?;
        let expected = if self.exists { Expected::Connection(&self.connection) } else { Expected::Nothing };
        expected.check(&new.name, before.as_ref().map(|(_, record)| record.id.as_str()))?;
        let (id, connection, by) = (self.id.clone(), self.connection.clone(), self.by.clone());
        Ok(PendingSignIn { connections: connections.clone(), id, connection, new, checked, before, by })
    }
}

/// Stores a sign-in that waits for the browser, and returns when it ends by itself.
pub(super) async fn store_browser(
    begun: &PendingSignIn,
    pending: &Pending,
    browser: &[u8; 32],
    back: Option<Url>,
) -> Result<Timestamp> {
    let connections = &begun.connections;
    let until = end(connections, LIFETIME);
    let suspended =
        Suspended { browser: Some(sha256(browser)), back, ..Suspended::of(begun, until, pending.to_sealed_json())? };
    store_status(begun, until, None).await?;
    let key = key_of_state(pending.state());
    connections.0.vault.put(SIGN_IN, &key, None, suspended.print()?.expose().as_bytes()).await?;
    Ok(until)
}

/// Stores a sign-in that waits for a code to be typed, with the task that polls for it.
pub(super) async fn store_device(begun: &PendingSignIn, code: &DeviceCode) -> Result<()> {
    let connections = &begun.connections;
    let until = end(connections, code.expires_at.duration_since(Timestamp::now()));
    let suspended = Suspended::of(begun, until, code.to_sealed_json())?;
    store_status(begun, until, Some(DeviceStatus::of(&begun.id, code))).await?;
    let key = format!("{SPACE}{}", begun.id);
    connections.0.vault.put(DEVICE, &key, None, suspended.print()?.expose().as_bytes()).await?;
    connections.0.store.schedule(&format!("{TASKS}{key}"), code.interval, Bytes::new()).await
}

async fn store_status(begun: &PendingSignIn, until: Timestamp, device: Option<DeviceStatus>) -> Result<()> {
    let status = StoredStatus {
        at: until,
        name: begun.new.name.clone(),
        method: begun.checked.method,
        by: begun.by.as_ref().map(|by| by.principal.clone()),
        state: StoredState::Waiting { device: device.map(Into::into) },
    };
    begun.connections.put_sign_in_status(&begun.id, &status).await
}

/// Returns the key of the document of the sign-in with this state.
pub(super) fn key_of_state(state: &Secret) -> String {
    format!("{SPACE}{}", sha256(state.expose()))
}

/// Returns the time of the next poll after `attempt` that had no answer.
pub(super) fn pause(interval: Duration, attempt: u32) -> Duration {
    // RFC 8628 3.5 asks for growing pauses.
    interval * (1 << attempt.saturating_sub(1).min(4))
}

fn end(connections: &Connections, after: jiff::SignedDuration) -> Timestamp {
    let now = connections.now();
    now.saturating_add(after).unwrap_or(now)
}

fn raw(secret: Secret) -> Result<Box<RawValue>> {
    RawValue::from_string(secret.expose().to_owned()).map_err(|_| unwritable())
}

fn unwritable() -> Error {
    Error::bug("a sign-in could not be written")
}

fn unreadable() -> Error {
    Error::new(Code::NotConnected, "the stored sign-in cannot be read").with_hint("Start the sign-in again.")
}
