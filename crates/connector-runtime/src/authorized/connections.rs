//! The connections that a principal reaches.

use connector_sdk::{Code, Error, Result};

use super::AuthorizedHost;
use crate::connection::{ConnectionInfo, ListedConnection, no_such};
use crate::principal::ConnectionRef;

/// The connections of a host that a principal reaches. Others look as if they did not exist.
pub struct AuthorizedConnections<'a> {
    seen: &'a AuthorizedHost,
}

impl<'a> AuthorizedConnections<'a> {
    pub(super) fn new(seen: &'a AuthorizedHost) -> AuthorizedConnections<'a> {
        AuthorizedConnections { seen }
    }

    /// Returns the names and ids of the connections that the principal reaches: those that the embedding program gave
    /// first, then those that are stored.
    ///
    /// # Errors
    /// `denied` when the key has expired; the store's.
    pub async fn names(&self) -> Result<Vec<ConnectionRef>> {
        self.seen.check_expiry()?;
        self.reached().await
    }

    /// Lists the stored connections that the principal reaches, by name. One that cannot be read hides no other.
    ///
    /// # Errors
    /// `denied` when the key has expired; the store's.
    pub async fn list(&self) -> Result<Vec<ListedConnection>> {
        self.seen.check_expiry()?;
        let all = self.seen.host.connections().list().await?;
        let is_reached = |listed: &ListedConnection| {
            let id = listed.card.as_ref().map(|card| card.id.clone()).unwrap_or_default();
            self.seen.principal.reaches(&ConnectionRef::new(listed.name.clone(), id))
        };
        Ok(all.into_iter().filter(is_reached).collect())
    }

    /// Returns information about a stored connection that the principal reaches.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name that it reaches; the same for one that it does not reach.
    pub async fn show(&self, name: &str) -> Result<ConnectionInfo> {
        self.seen.check_expiry()?;
        let found = self.find_named(name).await?;
        let info = self.seen.host.connections().show(name).await;
        match info {
            Ok(info) if info.id == found.id => Ok(info),
            Err(error) if error.code() != Code::UnknownConnection => Err(error),
            _ => Err(self.absent(name).await?),
        }
    }

    /// Returns the connection that a caller means by this name; an empty one means the only one that the principal
    /// reaches.
    pub(super) async fn find(&self, name: &str) -> Result<ConnectionRef> {
        if !name.is_empty() {
            return self.find_named(name).await;
        }
        let mut reached = self.reached().await?;
        match reached.pop() {
            Some(only) if reached.is_empty() => Ok(only),
            Some(last) => {
                let mut names: Vec<String> = reached.into_iter().map(|one| one.name).chain([last.name]).collect();
                names.truncate(20);
                Err(Error::invalid("", "a connection must be named, because there are several")
                    .with_hint(format!("Name one of them: {}.", names.join(", "))))
            }
            None => Err(Error::new(Code::UnknownConnection, "there is no connection")
                .with_hint("Make one, or ask whoever runs this host.")),
        }
    }

    // What the grant does not name is not looked up, so that the time tells nothing either.
    async fn find_named(&self, name: &str) -> Result<ConnectionRef> {
        let principal = &self.seen.principal;
        if principal.reaches_name(name)
            && let Some(found) = self.seen.host.connections().reference(name).await?
            && principal.reaches(&found)
        {
            return Ok(found);
        }
        Err(self.absent(name).await?)
    }

    async fn absent(&self, name: &str) -> Result<Error> {
        let reached = self.reached().await?;
        Ok(no_such(name, reached.iter().map(|one| &*one.name)))
    }

    async fn reached(&self) -> Result<Vec<ConnectionRef>> {
        let mut all = self.seen.host.connections().references().await?;
        all.retain(|one| self.seen.principal.reaches(one));
        Ok(all)
    }
}
