//! Connections: the identities that a host is signed in as.

mod bounded;
mod cached;
mod connected;
mod credential;
mod external;
mod grant;
mod info;
mod profiles;
mod record;
mod renew;
mod renewals;
mod requested_scopes;
mod sign_in;
mod source;
mod transfer;
mod trouble;
mod turn;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use connector_sdk::connection::ConnectionSpec;
use connector_sdk::{Code, Error, Request, Result, Scopes, Subject, Transport};
use graph_client::{Client, ClientOptions, NoFiles, NoProgress, Session, TokenRequest, usual_transport};
use serde::Deserialize;

use self::connected::Live;
use self::record::{ConnectionRecord, KIND};
use self::renewals::Renewals;
use crate::registry::nearest;
use crate::seal::SealedDocuments;
use crate::store::{Revision, Store};

pub(crate) use connected::Connected;
pub use external::ExternalConnection;
pub use info::{ConnectionInfo, ListedConnection, TestReport};
pub use profiles::Followers;
pub use record::{ConnectionState, Trouble};
pub use requested_scopes::RequestedScopes;
pub use sign_in::{BrowserSignIn, DeviceSignIn, NewConnection, SignInStep};
pub use transfer::Secrets;
#[cfg(fuzzing)]
pub(crate) use transfer::fuzz_import;

/// The connections of a host: those that the embedding program gave it, and those in the store. Cheap to clone.
#[derive(Clone)]
pub struct Connections(Arc<Inner>);

struct Inner {
    given: BTreeMap<String, (ExternalConnection, OnceLock<Arc<Connected>>)>,
    specs: BTreeMap<&'static str, ConnectionSpec>,
    vault: Arc<SealedDocuments>,
    store: Arc<dyn Store>,
    transport: OnceLock<Arc<dyn Transport>>,
    options: ClientOptions,
    client: OnceLock<Client>,
    live: Live,
    renewals: Renewals,
}

impl Connections {
    pub(crate) fn new(
        given: BTreeMap<String, ExternalConnection>,
        specs: BTreeMap<&'static str, ConnectionSpec>,
        vault: Arc<SealedDocuments>,
        store: Arc<dyn Store>,
        transport: Option<Arc<dyn Transport>>,
        options: ClientOptions,
    ) -> Connections {
        let cell = OnceLock::new();
        if let Some(transport) = transport {
            let _ = cell.set(transport);
        }
        Connections(Arc::new(Inner {
            given: given.into_iter().map(|(name, given)| (name, (given, OnceLock::new()))).collect(),
            specs,
            vault,
            store,
            transport: cell,
            options,
            client: OnceLock::new(),
            live: Live::default(),
            renewals: Renewals::default(),
        }))
    }

    /// Returns the names of the connections that the embedding program gave.
    pub fn given(&self) -> impl Iterator<Item = &str> {
        self.0.given.keys().map(String::as_str)
    }

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

    // All that are stored, each as it is or why it cannot be read.
    async fn records(&self) -> Result<Vec<(String, Result<ConnectionRecord>)>> {
        let all = self.0.vault.list(KIND, "", None, usize::MAX).await?;
        Ok(all
            .into_iter()
            .map(|(name, _, bytes)| (name, bytes.and_then(|bytes| ConnectionRecord::read(&bytes))))
            .collect())
    }

    /// Returns information about a stored connection.
    ///
    /// # Errors
    /// `not_connected` with the nearest name.
    pub async fn show(&self, name: &str) -> Result<ConnectionInfo> {
        let (_, record) = self.load(name).await?;
        Ok(ConnectionInfo::of(name, &record, Vec::new()))
    }

    /// Returns the warning about a connection's client secret or certificate that expires within 60 days or has
    /// expired; see [`ConnectionInfo::warning`]. A host shows it to whoever uses the connection.
    ///
    /// # Errors
    /// `not_connected` with the nearest name.
    pub async fn warning(&self, name: &str) -> Result<Option<String>> {
        if self.0.given.contains_key(name) {
            return Ok(None);
        }
        Ok(self.show(name).await?.warning)
    }

    /// Returns the connector and the settings of a stored connection, to make it anew. They hold secrets.
    ///
    /// # Errors
    /// `not_connected` with the nearest name.
    pub async fn settings(&self, name: &str) -> Result<(String, graph_auth::Settings)> {
        let (_, record) = self.load(name).await?;
        Ok((record.connector, record.settings))
    }

    /// Removes a stored connection with its tokens, also one that cannot be read.
    ///
    /// # Errors
    /// `not_connected` with the nearest name.
    pub async fn remove(&self, name: &str) -> Result<()> {
        let Some(mut revision) = self.0.vault.revision(KIND, name).await? else {
            return Err(self.missing(name).await?);
        };
        // One that cannot be read has no id, and is removed as it is.
        let id = async || ConnectionRecord::load(&self.0.vault, name).await.ok().flatten().map(|(_, record)| record.id);
        let removed = id().await;
        // A renewal or a rotation of keys may write it meanwhile; it is the same connection as long as it has its id.
        while let Err(error) = self.0.vault.remove(KIND, name, revision).await {
            match self.0.vault.revision(KIND, name).await? {
                Some(now) if error.code() == Code::Conflict && id().await == removed => revision = now,
                None if error.code() == Code::Conflict => break,
                _ => return Err(error),
            }
        }
        self.0.live.forget(name);
        Ok(())
    }

    /// Tests a connection with one cheap call: a user reads itself; an app reads its default user, or else shows its
    /// roles.
    ///
    /// # Errors
    /// `not_connected` when there is no such connection. What is wrong with one that exists is in the report.
    pub async fn test(&self, name: &str) -> Result<TestReport> {
        let connected = match self.connect(name).await {
            Err(error) if ConnectionRecord::load(&self.0.vault, name).await?.is_some() => {
                return Ok(TestReport {
                    works: false,
                    tried: "its settings".to_owned(),
                    found: None,
                    error: Some(error),
                });
            }
            connected => connected?,
        };
        let (tried, request) = match &*connected.who {
            Subject::User { .. } => {
                ("GET /me", Some(Request::get("/me").query("$select", "id,displayName,userPrincipalName")))
            }
            Subject::App { user: Some(user) } => (
                "GET /users/{user}",
                Some(
                    Request::get("/users/{user}")
                        .path_param("user", user.as_str())
                        .query("$select", "id,displayName,userPrincipalName"),
                ),
            ),
            // An app without a default user, or somebody that is not known here.
            _ => ("a token", None),
        };
        let found = match request {
            Some(request) => self.ask(&connected, &request).await,
            None => connected.tokens.token(TokenRequest::Usual).await.map(|_| None),
        };
        Ok(match found {
            Ok(found) => TestReport {
                works: true,
                tried: tried.to_owned(),
                found: self.roles(name).await.or(found),
                error: None,
            },
            Err(error) => TestReport { works: false, tried: tried.to_owned(), found: None, error: Some(error) },
        })
    }

    async fn ask(&self, connected: &Connected, request: &Request) -> Result<Option<String>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct User {
            user_principal_name: Option<String>,
            display_name: Option<String>,
        }
        let session = Session {
            connection: connected.id.clone(),
            endpoint: connected.endpoint.clone(),
            tokens: connected.tokens.clone(),
            application: connected.is_application(),
            scopes: Scopes::NONE,
            deadline: None,
            files: Arc::new(NoFiles),
            uploads: None,
            journal: None,
            progress: Arc::new(NoProgress),
        };
        let user: User = connected.client.send(request, &session).await?.read()?;
        Ok(user.user_principal_name.or(user.display_name))
    }

    // An app without a default user is known by its roles.
    async fn roles(&self, name: &str) -> Option<String> {
        let (_, record) = ConnectionRecord::load(&self.0.vault, name).await.ok()??;
        let is_nobody = record.settings.is_application() && record.settings.user_id.is_none();
        let granted = record.tokens?.granted?;
        is_nobody.then(|| granted.join(" "))
    }

    /// Waits until the running renewals have ended and their tokens are stored, at most as long as one request may
    /// take.
    pub(crate) async fn shutdown(&self) {
        self.0.renewals.finish(renew::REQUEST).await;
    }

    async fn load(&self, name: &str) -> Result<(Revision, ConnectionRecord)> {
        if let Some(found) = ConnectionRecord::load(&self.0.vault, name).await? {
            return Ok(found);
        }
        Err(self.missing(name).await?)
    }

    // That there is none of this name, with the nearest that there is.
    async fn missing(&self, name: &str) -> Result<Error> {
        let stored = self.0.vault.keys_of(KIND).await?;
        let names = stored.iter().map(String::as_str).chain(self.given());
        let error = Error::new(Code::NotConnected, format!("there is no connection called `{name}`"));
        Ok(match nearest(name, names) {
            Some(near) => error.with_hint(format!("Did you mean `{near}`? `tenon connections list` shows them all.")),
            None => error.with_hint(
                "`tenon connections list` shows the connections, `tenon connect` makes one; `sandbox` always exists.",
            ),
        })
    }

    async fn replace(
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
                    if now.as_ref().is_some_and(|(_, now)| now.id != record.id) {
                        return Err(Error::new(
                            Code::Conflict,
                            format!("another connection called `{name}` was made meanwhile"),
                        ));
                    }
                    expected = now.map(|(revision, _)| revision);
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(Code::Unavailable, "the stored connection keeps changing"))
    }

    fn spec(&self, connector: &str) -> Result<&ConnectionSpec> {
        self.0.specs.get(connector).ok_or_else(|| crate::registry::unknown("connector", connector, self.0.specs.keys()))
    }

    // Made at first use: it reads certificates, which a host that only describes does not need.
    fn transport(&self) -> Result<Arc<dyn Transport>> {
        if let Some(transport) = self.0.transport.get() {
            return Ok(transport.clone());
        }
        let transport = usual_transport()?;
        Ok(self.0.transport.get_or_init(|| transport).clone())
    }

    fn client(&self) -> Result<Client> {
        let transport = self.transport()?;
        Ok(self.0.client.get_or_init(|| self.client_over(transport)).clone())
    }

    fn client_over(&self, transport: Arc<dyn Transport>) -> Client {
        Client::builder(transport).options(self.0.options.clone()).build()
    }
}
