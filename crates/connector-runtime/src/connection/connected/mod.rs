//! Connections in use, each as long as its document stays unchanged.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use connector_sdk::{Result, Scopes, Subject};
use graph_auth::{Checked, Identity};
use graph_client::{Client, Endpoint, Session, Tokens};

use super::record::ConnectionRecord;
use super::source::{StoredTokens, TokenSource, Ways};
use super::{Connections, ExternalConnection, no_such};
use crate::kinds::CONNECTION;
use crate::store::Revision;
use crate::uploads::StoredUploadSessions;

/// A connection in use, shared by any number of runs.
pub(crate) struct Connected {
    pub(crate) id: Arc<str>,
    /// Name under which older versions stored its cursors and outcomes, unless it was another connection's then.
    pub(crate) former: Option<Arc<str>>,
    /// App whose requests Graph counts together.
    app: Arc<str>,
    /// Names of the user's mailbox.
    mailbox: Arc<[String]>,
    pub(crate) endpoint: Endpoint,
    pub(crate) tokens: Arc<dyn Tokens>,
    pub(crate) who: Arc<Subject>,
    pub(crate) client: Client,
    pub(crate) uploads: Arc<StoredUploadSessions>,
}

impl Connected {
    pub(crate) fn is_application(&self) -> bool {
        matches!(*self.who, Subject::App { .. })
    }

    /// Creates a session for what is sent on the connection: without a deadline, files, a journal and progress.
    pub(crate) fn session(&self, scopes: Scopes) -> Session {
        let session = Session::new(self.id.clone(), self.endpoint.clone(), self.tokens.clone());
        Session {
            app: self.app.clone(),
            mailbox: self.mailbox.clone(),
            application: self.is_application(),
            scopes,
            ..session
        }
    }
}

/// Stored connections that were used in this process.
#[derive(Default)]
pub(super) struct Live(Mutex<HashMap<String, CachedConnection>>);

/// A connection in use, at a revision of its document.
struct CachedConnection {
    revision: Revision,
    /// Record that it was made from, without tokens.
    record: ConnectionRecord,
    connected: Arc<Connected>,
}

impl Live {
    pub(super) fn forget(&self, name: &str) {
        self.entries().remove(name);
    }

    fn at(&self, name: &str, revision: Revision) -> Option<Arc<Connected>> {
        self.entries().get(name).filter(|entry| entry.revision == revision).map(|entry| entry.connected.clone())
    }

    // Only a token or a state is new: there must be one source of tokens to a connection.
    fn follow(&self, name: &str, revision: Revision, record: &ConnectionRecord) -> Option<Arc<Connected>> {
        let mut entries = self.entries();
        let entry = entries.get_mut(name).filter(|entry| entry.record.is_same_sign_in(record))?;
        entry.revision = entry.revision.max(revision);
        Some(entry.connected.clone())
    }

    // Whoever has looked later keeps its place, and among equals whoever was first.
    fn keep(&self, name: &str, new: CachedConnection) -> Arc<Connected> {
        let mut entries = self.entries();
        if let Some(entry) = entries.get(name).filter(|entry| entry.revision >= new.revision) {
            return entry.connected.clone();
        }
        let connected = new.connected.clone();
        entries.insert(name.to_owned(), new);
        connected
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, HashMap<String, CachedConnection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    /// Returns a connection by name, ready to be used. One that another process has changed meanwhile is returned in
    /// its new form.
    pub(crate) async fn connect(&self, name: &str) -> Result<Arc<Connected>> {
        if let Some((given, connected)) = self.0.given.get(name) {
            if let Some(connected) = connected.get() {
                return Ok(connected.clone());
            }
            let fresh = Arc::new(self.of_given(name, given)?);
            return Ok(connected.get_or_init(|| fresh).clone());
        }
        if !self.0.live.entries().contains_key(name) {
            return self.connect_stored(name).await;
        }
        match self.0.vault.revision(CONNECTION, name).await?.and_then(|revision| self.0.live.at(name, revision)) {
            Some(connected) => Ok(connected),
            None => self.connect_stored(name).await,
        }
    }

    /// Returns a connection as [`Connections::connect`] does, if it still has this id.
    ///
    /// # Errors
    /// As for a connection that does not exist, when it has another id.
    pub(crate) async fn connect_as(&self, name: &str, id: Option<&str>) -> Result<Arc<Connected>> {
        let connected = self.connect(name).await?;
        match id {
            Some(id) if *connected.id != *id => Err(no_such(name, std::iter::empty())),
            _ => Ok(connected),
        }
    }

    async fn connect_stored(&self, name: &str) -> Result<Arc<Connected>> {
        let (revision, record) = self.load(name).await.inspect_err(|_| self.0.live.forget(name))?;
        if let Some(connected) = self.0.live.follow(name, revision, &record) {
            return Ok(connected);
        }
        let connected = Arc::new(self.of_record(name, &record)?);
        Ok(self
            .0
            .live
            .keep(name, CachedConnection { revision, record: ConnectionRecord { tokens: None, ..record }, connected }))
    }

    fn of_given(&self, name: &str, given: &ExternalConnection) -> Result<Connected> {
        let id: Arc<str> = name.into();
        Ok(Connected {
            former: Some(id.clone()),
            app: id.clone(),
            mailbox: Arc::default(),
            endpoint: given.endpoint.clone(),
            tokens: given.tokens.clone(),
            who: Arc::new(given.who.clone()),
            client: match &given.transport {
                Some(transport) => self.client_over(transport.clone())?,
                None => self.client()?,
            },
            uploads: self.uploads(&id),
            id,
        })
    }

    fn of_record(&self, name: &str, record: &ConnectionRecord) -> Result<Connected> {
        let spec = self.spec(&record.connector)?.clone();
        // What somebody must mend is told as that, not as what it leads to.
        let checked = record.settings.check(&spec).map_err(|error| record.trouble().unwrap_or(error))?;
        let ways = Ways {
            vault: self.0.vault.clone(),
            store: self.0.store.clone(),
            transport: self.transport()?,
            renewals: self.0.renewals.clone(),
            operations: self.0.operations.clone(),
        };
        let source = TokenSource::new(name, record, &checked, spec, ways);
        let id: Arc<str> = record.id.as_str().into();
        Ok(Connected {
            former: (!record.kept_by_id).then(|| name.into()),
            app: app(record).map_or_else(|| id.clone(), Arc::from),
            mailbox: mailbox(record),
            endpoint: Endpoint::new(checked.graph.as_str())?.with_version(checked.api_version),
            tokens: Arc::new(StoredTokens(source)),
            who: Arc::new(who(record, &checked)),
            client: self.client()?,
            uploads: self.uploads(&id),
            id,
        })
    }

    fn uploads(&self, id: &Arc<str>) -> Arc<StoredUploadSessions> {
        Arc::new(StoredUploadSessions::new(self.0.vault.clone(), id.clone()))
    }
}

/// Returns the app in its tenant, where both are known.
fn app(record: &ConnectionRecord) -> Option<String> {
    let (app, identity) = (record.settings.client_id.as_ref()?, record.identity.as_ref()?);
    Some(format!("{app}/{}", identity.tid))
}

/// Returns the names of the user's mailbox, the one that paths name mostly first.
fn mailbox(record: &ConnectionRecord) -> Arc<[String]> {
    let user = record.identity.as_ref().filter(|_| !record.settings.is_application());
    user.into_iter().flat_map(|user| user.username.iter().chain([&user.oid])).cloned().collect()
}

fn who(record: &ConnectionRecord, checked: &Checked) -> Subject {
    if record.settings.is_application() {
        return Subject::App { user: checked.user_id.clone() };
    }
    user_of(record.identity.as_ref())
}

/// Returns the signed-in user, as far as the identity is known.
pub(super) fn user_of(identity: Option<&Identity>) -> Subject {
    let names = |identity: &Identity| std::iter::once(identity.oid.clone()).chain(identity.username.clone());
    Subject::User { names: identity.into_iter().flat_map(names).collect() }
}

#[cfg(test)]
mod tests;
