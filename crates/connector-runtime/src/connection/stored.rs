//! Stored connections: shown, replaced and removed by name.

use connector_sdk::{Code, Error, Result, nearest};

use super::Connections;
use super::info::{ConnectionInfo, ListedConnection};
use super::record::ConnectionRecord;
use crate::kinds::CONNECTION;
use crate::principal::ConnectionRef;
use crate::store::Revision;

/// Creates the error for a connection that does not exist, with the nearest of these names.
pub(crate) fn no_such<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let error = Error::new(Code::UnknownConnection, format!("there is no connection called `{name}`"));
    match nearest(name, names) {
        Some(near) => error.with_hint(format!("Did you mean `{near}`?")),
        None => error,
    }
}

impl Connections {
    /// Lists the stored connections, by name. One that cannot be read hides no other.
    ///
    /// # Errors
    /// The store's.
    pub async fn list(&self) -> Result<Vec<ListedConnection>> {
        let all = self.records().await?.into_iter();
        Ok(all
            .map(|(name, record)| ListedConnection {
                card: record.map(|record| ConnectionInfo::of(&name, &record, Vec::new())),
                name,
            })
            .collect())
    }

    /// Returns all that are stored, each as it is or why it cannot be read.
    pub(super) async fn records(&self) -> Result<Vec<(String, Result<ConnectionRecord>)>> {
        let all = self.0.vault.list(CONNECTION, "", None, usize::MAX).await?;
        Ok(all
            .into_iter()
            .map(|(name, _, bytes)| (name, bytes.and_then(|bytes| ConnectionRecord::read(&bytes))))
            .collect())
    }

    /// Returns information about a stored connection.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name.
    pub async fn show(&self, name: &str) -> Result<ConnectionInfo> {
        let (_, record) = self.load(name).await?;
        Ok(ConnectionInfo::of(name, &record, Vec::new()))
    }

    /// Returns the warning about a connection's client secret or certificate that expires within 60 days or has
    /// expired; see [`ConnectionInfo::warning`]. A host shows it to whoever uses the connection.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name.
    pub async fn warning(&self, name: &str) -> Result<Option<String>> {
        if self.0.given.contains_key(name) {
            return Ok(None);
        }
        Ok(self.show(name).await?.warning)
    }

    /// Returns the connector and the settings of a stored connection, to make it anew. They hold secrets.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name.
    pub async fn settings(&self, name: &str) -> Result<(String, graph_auth::Settings)> {
        let (_, record) = self.load(name).await?;
        Ok((record.connector, record.settings))
    }

    /// Removes a stored connection with its tokens, also one that cannot be read.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name.
    pub async fn remove(&self, name: &str) -> Result<()> {
        self.remove_as(name, None).await
    }

    /// Removes a stored connection as [`Connections::remove`] does, if it has this id; that of one that cannot be read
    /// is empty.
    ///
    /// # Errors
    /// As for a connection that does not exist, when it has another id.
    pub(crate) async fn remove_as(&self, name: &str, expected: Option<&str>) -> Result<()> {
        let Some(mut revision) = self.0.vault.revision(CONNECTION, name).await? else {
            return Err(self.missing(name).await?);
        };
        // One that cannot be read has no id, and is removed as it is.
        let id = async || ConnectionRecord::load(&self.0.vault, name).await.ok().flatten().map(|(_, record)| record.id);
        let removed = id().await;
        if expected.is_some_and(|expected| removed.as_deref().unwrap_or_default() != expected) {
            return Err(no_such(name, std::iter::empty()));
        }
        // A renewal or a rotation of keys may write it meanwhile; it is the same connection as long as it has its id.
        while let Err(error) = self.0.vault.remove(CONNECTION, name, revision).await {
            match self.0.vault.revision(CONNECTION, name).await? {
                Some(now) if error.code() == Code::Conflict && id().await == removed => revision = now,
                None if error.code() == Code::Conflict => break,
                _ => return Err(error),
            }
        }
        self.0.live.forget(name);
        Ok(())
    }

    /// Returns a stored connection with the revision of its document.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name.
    pub(super) async fn load(&self, name: &str) -> Result<(Revision, ConnectionRecord)> {
        if let Some(found) = ConnectionRecord::load(&self.0.vault, name).await? {
            return Ok(found);
        }
        Err(self.missing(name).await?)
    }

    // That there is none of this name, with the nearest that there is.
    async fn missing(&self, name: &str) -> Result<Error> {
        let stored = self.0.vault.keys_of(CONNECTION).await?;
        Ok(no_such(name, stored.iter().map(String::as_str).chain(self.given())))
    }

    /// Returns the connection of this name by name and id; `None` where there is none. The id of one that cannot be
    /// read is empty.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn reference(&self, name: &str) -> Result<Option<ConnectionRef>> {
        if self.0.given.contains_key(name) {
            return Ok(Some(ConnectionRef::new(name, name)));
        }
        Ok(match self.0.vault.revision(CONNECTION, name).await? {
            None => None,
            Some(_) => match ConnectionRecord::load(&self.0.vault, name).await {
                Ok(found) => found.map(|(_, record)| ConnectionRef::new(name, record.id)),
                Err(_) => Some(ConnectionRef::new(name, "")),
            },
        })
    }

    /// Returns all connections by name and id, those that the embedding program gave first.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn references(&self) -> Result<Vec<ConnectionRef>> {
        let given = self.given().map(|name| ConnectionRef::new(name, name));
        let stored = self.records().await?.into_iter().filter(|(name, _)| !self.0.given.contains_key(name));
        let stored = stored.map(|(name, record)| {
            let id = record.map(|record| record.id).unwrap_or_default();
            ConnectionRef { name, id }
        });
        Ok(given.chain(stored).collect())
    }

    /// Stores a connection that was made anew, if the stored one is still the same.
    ///
    /// # Errors
    /// `conflict` when another connection of this name was made meanwhile, or it was removed.
    pub(super) async fn replace(
        &self,
        name: &str,
        record: ConnectionRecord,
        expected: Option<Revision>,
        notes: Vec<String>,
    ) -> Result<ConnectionInfo> {
        // A renewal may have changed the document meanwhile; a sign-in is newer than any renewal.
        let mut expected = expected;
        for _ in 0..16 {
            match record.store(&self.0.vault, name, expected).await {
                Ok(_) => {
                    self.0.live.forget(name);
                    return Ok(ConnectionInfo::of(name, &record, notes));
                }
                Err(error) if error.code() == Code::Conflict => {
                    let now = ConnectionRecord::load(&self.0.vault, name).await?;
                    let meanwhile = match &now {
                        Some((_, now)) if now.id != record.id => {
                            Some(format!("another connection called `{name}` was made meanwhile"))
                        }
                        // Who removed it did not want it back.
                        None if expected.is_some() => Some(format!("the connection `{name}` was removed meanwhile")),
                        _ => None,
                    };
                    if let Some(meanwhile) = meanwhile {
                        return Err(Error::new(Code::Conflict, meanwhile));
                    }
                    expected = now.map(|(revision, _)| revision);
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(Code::Unavailable, "the stored connection keeps changing"))
    }
}
