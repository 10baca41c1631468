//! A connection as it is shown: everything but its secrets.

use connector_sdk::Error;
use graph_auth::expiry::{self, Expiry};
use graph_auth::{Identity, TokenSet};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::record::{Record, State};

/// A connection as it is shown.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Its name.
    pub name: String,
    /// Its id, which stays when it is made anew.
    pub id: String,
    /// The connector that it was made for; any connector may use it.
    pub connector: String,
    /// The way to sign in.
    pub method: String,
    /// Who is signed in, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// The default user of an app's connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// How it is.
    #[serde(flatten)]
    pub state: State,
    /// The scopes or roles that its token carries, where it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted: Option<Vec<String>>,
    /// When the present token ends. It is renewed before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expires: Option<Timestamp>,
    /// When the client secret or certificate ends, where that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_expires: Option<String>,
    /// A sentence about a secret that ends soon or has ended: at 60, 30 and 7 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When tokens were last obtained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refreshed: Option<Timestamp>,
    /// How it signs in, without secrets.
    pub settings: Value,
    /// Sentences for whoever made it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Card {
    pub(super) fn of(name: &str, record: &Record, notes: Vec<String>) -> Card {
        let tokens: Option<&TokenSet> = record.tokens.as_ref();
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let expires = record.settings.secret_expires;
        Card {
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

/// A stored connection in a list of all.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// What it is; or why it cannot be read, such as a key that was lost.
    pub card: Result<Card, Error>,
}

impl Serialize for Listed {
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

/// What a test of a connection found.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestReport {
    /// Whether it works.
    pub works: bool,
    /// What was tried, in a sentence.
    pub tried: String,
    /// Who answered: the user's name, or the app's roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// Why it does not work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
}
