//! Information about a connection: everything but its secrets.

use connector_sdk::Error;
use graph_auth::expiry::{self, Expiry};
use graph_auth::{Identity, TokenSet};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::record::{ConnectionRecord, ConnectionState};

/// Information about a connection, without its secrets.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionInfo {
    /// Name of the connection.
    pub name: String,
    /// Id, which stays when the connection is made anew.
    pub id: String,
    /// Connector that the connection was made for; any connector may use it.
    pub connector: String,
    /// Sign-in method.
    pub method: String,
    /// Signed-in user or app, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Default user of an app's connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// State of the connection.
    #[serde(flatten)]
    pub state: ConnectionState,
    /// Scopes or roles that the token carries, where it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted: Option<Vec<String>>,
    /// Expiry of the present token. It is renewed before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expires: Option<Timestamp>,
    /// Expiry of the client secret or certificate, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_expires: Option<String>,
    /// Warning about a secret that expires soon or has expired: at 60, 30 and 7 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Time at which the connection was made.
    pub created: Timestamp,
    /// Time at which tokens were last obtained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refreshed: Option<Timestamp>,
    /// Settings of the sign-in, without secrets.
    pub settings: Value,
    /// Notes for the owner of the connection.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl ConnectionInfo {
    pub(super) fn of(name: &str, record: &ConnectionRecord, notes: Vec<String>) -> ConnectionInfo {
        let tokens: Option<&TokenSet> = record.tokens.as_ref();
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let expires = record.settings.secret_expires;
        ConnectionInfo {
            name: name.to_owned(),
            id: record.id.clone(),
            connector: record.connector.clone(),
            method: record.settings.method.name().to_owned(),
            identity: record.identity.clone(),
            user_id: record.settings.user_id.clone(),
            state: record.state.clone(),
            granted: tokens.and_then(|tokens| tokens.granted.clone()),
            token_expires: tokens.map(|tokens| tokens.expires_at),
            secret_expires: expires.map(|date| date.to_string()),
            warning: expires.and_then(|date| warning(expiry::of(date, today))),
            created: record.created,
            refreshed: record.refreshed,
            settings: record.settings.to_public_json(),
            notes,
        }
    }
}

fn warning(expiry: Expiry) -> Option<String> {
    match expiry {
        Expiry::Far => None,
        Expiry::Near { days: 0, .. } => {
            Some("the client secret or certificate ends today; make a new one and reconnect".to_owned())
        }
        Expiry::Near { days: 1, .. } => {
            Some("the client secret or certificate ends tomorrow; make a new one and reconnect".to_owned())
        }
        Expiry::Near { days, .. } => {
            Some(format!("the client secret or certificate ends in {days} days; make a new one and reconnect"))
        }
        Expiry::Over => Some("the client secret or certificate has ended; make a new one and reconnect".to_owned()),
    }
}

/// An entry in the list of stored connections.
#[derive(Debug, Clone)]
pub struct ListedConnection {
    /// Name of the connection.
    pub name: String,
    /// Information about the connection, or the reason why it cannot be read, such as a key that was lost.
    pub card: Result<ConnectionInfo, Error>,
}

impl Serialize for ListedConnection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Unreadable<'a> {
            name: &'a str,
            state: &'static str,
            error: &'a Error,
        }
        match &self.card {
            Ok(card) => card.serialize(serializer),
            Err(error) => Unreadable { name: &self.name, state: "unreadable", error }.serialize(serializer),
        }
    }
}
