//! The connections that a principal reaches.

use connector_sdk::{Code, Error, Result};
use graph_auth::AppCredential;
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;

use super::AuthorizedHost;
use crate::connection::{ConnectionInfo, ConnectionPermissions, Connections, ListedConnection, TestReport, no_such};
use crate::principal::{ConnectionRef, PrincipalInfo};
use crate::store::{AuditEntry, AuditKind};

/// The connections of a host that a principal reaches. Others look as if they did not exist.
///
/// To make, use, change and remove them takes the right `connect`; to see them, none. Each change is in the audit log.
pub struct AuthorizedConnections<'a> {
    pub(super) seen: &'a AuthorizedHost,
}

/// What uses a connection, as far as the principal sees it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectionUsers {
    /// Keys whose grants name this connection, and no other of its name.
    pub keys: Vec<PrincipalInfo>,
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

    /// Tests a connection with one cheap call, as [`Connections::test`] does.
    ///
    /// # Errors
    /// `denied` without the right `connect`; `unknown_connection`, the same for one that is not reached.
    pub async fn test(&self, name: &str) -> Result<TestReport> {
        let found = self.find_to_connect(name).await?;
        let report = self.inner().test(name).await;
        self.still(found, report).await
    }

    /// Returns the permissions that a stored connection has, beside those that its sign-in requests.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::test`].
    pub async fn permissions(&self, name: &str) -> Result<ConnectionPermissions> {
        let found = self.find_to_connect(name).await?;
        let permissions = self.inner().permissions_of(name).await;
        self.still(found, permissions).await
    }

    /// Returns the address at which an administrator consents to a connection's permissions for the whole tenant.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::test`]; as [`Connections::admin_consent_url`].
    pub async fn admin_consent_url(&self, name: &str, redirect_uri: &Url) -> Result<Url> {
        let found = self.find_to_connect(name).await?;
        let url = self.inner().admin_consent_url(name, redirect_uri).await;
        self.still(found, url).await
    }

    /// Replaces the client secret or certificate of a stored connection. Who is signed in stays signed in.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::test`]; as [`Connections::set_secret`].
    pub async fn set_secret(&self, name: &str, credential: &AppCredential) -> Result<ConnectionInfo> {
        let found = self.find_to_connect(name).await?;
        let entry = self.entry(AuditKind::ConnectionChanged, &found);
        let change = self.inner().set_secret_as(name, Some(&found.id), credential);
        let changed = self.seen.audited(entry, change, |_| None).await;
        self.named(name, changed).await
    }

    /// Returns what uses a connection, and so stops with it: for a question before it is removed.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::test`].
    pub async fn users(&self, name: &str) -> Result<ConnectionUsers> {
        let found = self.find_to_connect(name).await?;
        self.users_of(&found).await
    }

    /// Removes a stored connection with its tokens, also one that cannot be read, and returns what used it.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::test`]; `conflict` for one that the embedding program gave.
    pub async fn remove(&self, name: &str) -> Result<ConnectionUsers> {
        let found = self.find_to_connect(name).await?;
        if self.inner().given().any(|given| given == name) {
            return Err(Error::new(Code::Conflict, format!("the connection `{name}` is built in"))
                .with_hint("It belongs to the program; only stored connections can be removed."));
        }
        let users = self.users_of(&found).await?;
        let entry = self.entry(AuditKind::ConnectionRemoved, &found);
        let removed = self.seen.audited(entry, self.inner().remove_as(name, Some(&found.id)), |()| None).await;
        self.named(name, removed).await.map(|()| users)
    }

    pub(super) fn inner(&self) -> &Connections {
        self.seen.host.connections()
    }

    fn entry(&self, kind: AuditKind, connection: &ConnectionRef) -> AuditEntry {
        let id = (!connection.id.is_empty()).then(|| connection.id.clone());
        AuditEntry { connection: id, ..self.seen.entry(kind) }
    }

    async fn users_of(&self, connection: &ConnectionRef) -> Result<ConnectionUsers> {
        if !self.seen.principal.may_manage_keys() {
            return Ok(ConnectionUsers::default());
        }
        let names_it =
            |info: &PrincipalInfo| info.grant.connections.0.iter().any(|pattern| pattern.id() == Some(&connection.id));
        let keys = self.seen.api_keys().list().await?.into_iter().filter_map(|(_, info)| info.ok());
        Ok(ConnectionUsers { keys: keys.filter(names_it).collect() })
    }

    /// Checks that the principal may make and change connections at all.
    ///
    /// # Errors
    /// `denied`.
    pub(super) fn check_right(&self) -> Result<()> {
        self.seen.check_expiry()?;
        match self.seen.principal.may_connect() {
            true => Ok(()),
            false => self.seen.audit_refusal(
                "",
                Err(Error::new(Code::Denied, "this caller may not make, change or remove connections")
                    .with_reason("right")),
            ),
        }
    }

    pub(super) async fn find_to_connect(&self, name: &str) -> Result<ConnectionRef> {
        self.check_right()?;
        self.find_named(name).await
    }

    // The answer, unless the name has another connection by now.
    async fn still<T>(&self, found: ConnectionRef, answer: Result<T>) -> Result<T> {
        match self.find_named(&found.name).await? {
            now if now.id == found.id => self.named(&found.name, answer).await,
            _ => Err(self.absent(&found.name).await?),
        }
    }

    // A connection that has gone meanwhile is told as one that never was, with the nearest name that is reached.
    pub(super) async fn named<T>(&self, name: &str, answer: Result<T>) -> Result<T> {
        match answer {
            Err(error) if error.code() == Code::UnknownConnection => Err(self.absent(name).await?),
            answer => answer,
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
