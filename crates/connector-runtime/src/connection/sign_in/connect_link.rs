//! Links by which somebody signs in to a connection that was prepared for them.
//!
//! A program prepares the connection, and hands the link to the person whose account it is for. A sign-in is begun only
//! when that person asks for it, so that the link can wait for days.

use connector_sdk::{Code, Error, Result, Secret, SignInMethod};
use graph_auth::Settings;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;

use super::pending::made_meanwhile;
use super::suspended::SPACE;
use super::{Initiator, NewConnection};
use crate::connection::Connections;
use crate::connection::record::ConnectionRecord;
use crate::digest::sha256;
use crate::kinds::CONNECT_LINK;
use crate::random;

/// Time for which a link can be used.
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Link to a page where a person signs in to a connection that was prepared for them.
#[derive(Debug)]
#[must_use]
pub struct ConnectLink {
    /// Token of the link: 64 characters that are safe in a path. Whoever has it can sign in.
    pub token: Secret,
    /// Time at which the link ends by itself.
    pub expires: Timestamp,
}

/// A prepared connection as it is stored. It holds secrets, and so has no `Debug`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredLink {
    /// Time from which its age counts for retention: its end.
    at: Timestamp,
    name: String,
    connector: String,
    settings: Box<RawValue>,
    confirm_other: bool,
    /// Id of the connection, where it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    /// The latest sign-in of the connection: the link is used when there is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign_in: Option<String>,
    by: Initiator,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    back: Option<Url>,
}

/// A connection that was prepared for somebody, and that nobody has signed in to yet.
pub(crate) struct PreparedConnection {
    pub(crate) new: NewConnection,
    pub(crate) by: Initiator,
    pub(crate) back: Option<Url>,
    pub(crate) expires: Timestamp,
}

impl Connections {
    /// Stores a prepared connection.
    ///
    /// # Errors
    /// Those that [`Connections::connect_new`] finds before it sends anything; `invalid_input` for a method that needs
    /// nobody who signs in.
    pub(crate) async fn create_connect_link(
        &self,
        new: NewConnection,
        by: Initiator,
        back: Option<Url>,
    ) -> Result<ConnectLink> {
        let (new, checked, before) = self.prepare(new).await?;
        if !matches!(checked.method, SignInMethod::AuthorizationCode | SignInMethod::DeviceCode) {
            return Err(Error::invalid("/method", "needs nobody who signs in; make the connection at once"));
        }
        let token = random::name::<32>()?;
        let expires = self.now().saturating_add(LIFE).map_err(|_| Error::bug("a link has no end"))?;
        let settings = new.settings.to_sealed_json();
        let link = StoredLink {
            at: expires,
            name: new.name,
            connector: new.connector,
            settings: RawValue::from_string(settings.expose().to_owned()).map_err(|_| unwritable())?,
            confirm_other: new.confirm_other,
            connection: before.as_ref().map(|(_, record)| record.id.clone()),
            sign_in: before.and_then(|(_, record)| record.sign_in),
            by,
            back,
        };
        let text = serde_json::to_string(&link).map(Secret::new).map_err(|_| unwritable())?;
        self.0.vault.put(CONNECT_LINK, &key_of(&token), None, text.expose().as_bytes()).await?;
        Ok(ConnectLink { token: Secret::new(token), expires })
    }

    /// Returns what was prepared, as long as nobody has signed in.
    ///
    /// # Errors
    /// `not_connected` with the reason `unknown` for what is no link, and for one that was used or has expired;
    /// `conflict` when the name has another connection meanwhile; the store's.
    pub(crate) async fn prepared_connection(&self, token: &str) -> Result<PreparedConnection> {
        // What is no token is not looked up.
        if token.len() != 64 || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(unknown());
        }
        let (_, plain) = self.0.vault.get(CONNECT_LINK, &key_of(token)).await?.ok_or_else(unknown)?;
        let link: StoredLink = serde_json::from_slice(&plain).map_err(|_| unknown())?;
        let settings: Settings = serde_json::from_str(link.settings.get()).map_err(|_| unknown())?;
        if link.at <= self.now() {
            return Err(unknown());
        }
        let now = ConnectionRecord::load(&self.0.vault, &link.name).await?.map(|(_, record)| record);
        match (&link.connection, &now) {
            (None, None) => {}
            // Most likely whoever had the link has used it.
            (None, Some(_)) => return Err(unknown()),
            (Some(id), Some(record)) if *id == record.id && record.sign_in == link.sign_in => {}
            (Some(id), Some(record)) if *id == record.id => return Err(unknown()),
            (Some(_), _) => return Err(made_meanwhile(&link.name)),
        }
        let new = NewConnection {
            confirm_other: link.confirm_other,
            ..NewConnection::new(link.name, link.connector, settings)
        };
        Ok(PreparedConnection { new, by: link.by, back: link.back, expires: link.at })
    }
}

fn key_of(token: &str) -> String {
    format!("{SPACE}{}", sha256(token))
}

fn unwritable() -> Error {
    Error::bug("a link cannot be written")
}

fn unknown() -> Error {
    Error::new(Code::NotConnected, "this link leads to nothing: it was used before, or has expired")
        .with_reason("unknown")
        .with_hint("Ask whoever sent it for a new one.")
}
