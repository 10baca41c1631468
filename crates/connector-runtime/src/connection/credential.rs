//! Replacement of an app's secret without a new sign-in.

use connector_sdk::{Actor, Code, Error, Result};
use graph_auth::AppCredential;

use super::record::{ConnectionRecord, ConnectionState, Renewal};
use super::{ConnectionInfo, Connections};

impl Connections {
    /// Replaces the client secret or certificate of a stored connection. Who is signed in stays signed in: the next
    /// renewal uses the new one.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name; `invalid_input` when there is none in it, or the connection has no use
    /// for it.
    pub async fn set_secret(&self, name: &str, credential: &AppCredential) -> Result<ConnectionInfo> {
        self.set_secret_as(name, None, credential).await
    }

    /// Replaces the credential as [`Connections::set_secret`] does, if the connection has this id.
    ///
    /// # Errors
    /// As for a connection that does not exist, when it has another id.
    pub(crate) async fn set_secret_as(
        &self,
        name: &str,
        id: Option<&str>,
        credential: &AppCredential,
    ) -> Result<ConnectionInfo> {
        if credential.is_empty() {
            return Err(Error::invalid("/clientSecret", "is needed, or a certificate"));
        }
        let record = self.change_credential(name, id, credential).await?;
        Ok(ConnectionInfo::of(name, &record, Vec::new()))
    }

    /// Stores the credential beside the present tokens, whoever renews them meanwhile.
    pub(super) async fn change_credential(
        &self,
        name: &str,
        id: Option<&str>,
        credential: &AppCredential,
    ) -> Result<ConnectionRecord> {
        for _ in 0..16 {
            let (revision, record) = self.load(name).await?;
            if id.is_some_and(|id| id != record.id) {
                return Err(super::no_such(name, std::iter::empty()));
            }
            let settings = record.settings.clone().with_credential(credential.clone());
            settings.check(self.spec(&record.connector)?)?;
            let record = match helps(&record) {
                // It begins anew, but whether the refresh token may be used up is as it was.
                true => ConnectionRecord {
                    state: ConnectionState::Ready,
                    renewal: Renewal { sent: record.renewal.sent, ..Renewal::default() },
                    ..record
                },
                false => record,
            };
            let record = ConnectionRecord { settings, ..record };
            match record.store(&self.0.vault, name, Some(revision)).await {
                Ok(_) => return Ok(record),
                Err(error) if error.code() == Code::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(Code::Unavailable, "the stored connection keeps changing"))
    }
}

// A connection that waits for its user goes on waiting; any other trouble may be over with the new secret.
fn helps(record: &ConnectionRecord) -> bool {
    let needs_user = record.settings.method.asks_for_scopes() && record.tokens.is_none();
    match &record.state {
        ConnectionState::Broken(trouble) => {
            !needs_user && trouble.reason.is_none_or(|reason| reason.actor() != Actor::User)
        }
        ConnectionState::Ready | ConnectionState::Waiting(_) => true,
    }
}
