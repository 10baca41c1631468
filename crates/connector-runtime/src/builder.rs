//! The builder of hosts.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_sdk::{Code, Connector, Error, Reference, Result, Transport};
use graph_client::{AddressRules, ClientOptions, Limits, Observer, Policy, RetryPolicy};
use jiff::Timestamp;
use url::Url;

use crate::audit::{Audit, AuditObserver};
use crate::blobs::{BlobStore, FileLimits, ObjectBlobs, TemporaryFiles};
use crate::connection::{Connections, ExternalConnection, Shared};
use crate::delivery::Deliveries;
use crate::host::{Host, Inner, Now};
use crate::key::KeyRing;
use crate::operations::Operations;
use crate::rates::Rates;
use crate::registry::Registry;
use crate::retention::Retention;
use crate::rng::Rng;
use crate::schema_cache::SchemaCache;
use crate::seal::{SealedDocuments, SealedLog};
use crate::store::{EventLog, Sqlite, Store};
use crate::watch::Polls;
use crate::workers::Workers;

/// A builder of hosts; see [`Host::builder`].
///
/// ```
/// use std::sync::Arc;
///
/// use connector_runtime::{ExternalConnection, Host};
/// use connector_sdk::Secret;
/// use graph_client::Endpoint;
/// use graph_sandbox::{Holder, Sandbox};
///
/// # fn main() -> connector_sdk::Result<()> {
/// let sandbox = Sandbox::new();
/// let adele = Holder::User("adelev@contoso.example");
/// let token = Secret::new(sandbox.issue_token(adele, &["Mail.ReadWrite", "Mail.Send"]));
/// let given = ExternalConnection::with_token(Endpoint::new("https://graph.microsoft.com")?, &token, None)?;
/// let adele = given.transport(Arc::new(sandbox.clone()));
/// let host = Host::builder().connector(outlook_connector::connector()).connection("adele", adele).build()?;
/// assert_eq!(host.connections().given().collect::<Vec<_>>(), ["adele"]);
/// # Ok(())
/// # }
/// ```
#[must_use]
#[derive(Default)]
pub struct HostBuilder {
    connectors: Vec<Connector>,
    given: BTreeMap<String, ExternalConnection>,
    store: Option<(Arc<dyn Store>, KeyRing)>,
    transport: Option<Arc<dyn Transport>>,
    options: ClientOptions,
    reference: Option<Arc<dyn Reference>>,
    notifications: Option<Arc<Url>>,
    now: Option<Arc<Now>>,
    audit_observers: Vec<Arc<dyn AuditObserver>>,
    blobs: Option<Arc<dyn BlobStore>>,
    file_limits: FileLimits,
    destination_rules: AddressRules,
    destination_transport: Option<Arc<dyn Transport>>,
}

impl Host {
    /// Creates a builder.
    pub fn builder() -> HostBuilder {
        HostBuilder::default()
    }
}

impl HostBuilder {
    /// Adds a connector: what its `connector()` function returns.
    pub fn connector(mut self, connector: Connector) -> HostBuilder {
        self.connectors.push(connector);
        self
    }

    /// Sets the store of connections, cursors and outcomes. Connections and outcomes are sealed with `keys`; events and
    /// cursors are not. Without a store all are kept in memory and end with the host.
    pub fn store(mut self, store: Arc<dyn Store>, keys: KeyRing) -> HostBuilder {
        self.store = Some((store, keys));
        self
    }

    /// Sets the transport, replacing the [`usual_transport`](graph_client::usual_transport).
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> HostBuilder {
        self.transport = Some(transport);
        self
    }

    /// Sets an HTTP client that the embedding program has already, which must be built with
    /// [`no_redirects`](graph_client::no_redirects).
    ///
    /// # Errors
    /// As [`ReqwestTransport::new`](graph_client::ReqwestTransport::new).
    #[cfg(feature = "reqwest")]
    pub fn http_client(self, client: graph_client::ReqwestClient) -> Result<HostBuilder> {
        Ok(self.transport(Arc::new(graph_client::ReqwestTransport::new(client)?)))
    }

    /// Sets the retry policy for failed attempts, where the caller of an action has no rule of its own.
    pub fn retries(mut self, retries: RetryPolicy) -> HostBuilder {
        self.options.retries = retries;
        self
    }

    /// Sets the limits on sizes and times of requests and responses.
    pub fn limits(mut self, limits: Limits) -> HostBuilder {
        self.options.limits = limits;
        self
    }

    /// Adds a policy outside retry: it sees each call once, around the whole [pipeline](graph_client::pipeline).
    pub fn policy_per_call(mut self, policy: Arc<dyn Policy>) -> HostBuilder {
        self.options.per_call.push(policy);
        self
    }

    /// Adds a policy inside retry: it sees each attempt, before the token is added.
    pub fn policy_per_try(mut self, policy: Arc<dyn Policy>) -> HostBuilder {
        self.options.per_try.push(policy);
        self
    }

    /// Adds an observer that is notified how calls and attempts ended, such as for metrics.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> HostBuilder {
        self.options.observers.push(observer);
        self
    }

    /// Adds an observer that is notified of what principals do, such as for metrics.
    pub fn audit_observer(mut self, observer: Arc<dyn AuditObserver>) -> HostBuilder {
        self.audit_observers.push(observer);
        self
    }

    /// Sets the store of the content of temporary files, which is encrypted before it gets there. Hosts that share a
    /// store share this one too. Without it contents are kept in memory and end with the host.
    pub fn files(mut self, blobs: Arc<dyn BlobStore>) -> HostBuilder {
        self.blobs = Some(blobs);
        self
    }

    /// Sets the limits on temporary files.
    pub fn file_limits(mut self, limits: FileLimits) -> HostBuilder {
        self.file_limits = limits;
        self
    }

    /// Sets the rules about addresses that events are sent to. Without them only public https addresses are reached.
    pub fn destination_rules(mut self, rules: AddressRules) -> HostBuilder {
        self.destination_rules = rules;
        self
    }

    /// Sets the transport by which events are sent, replacing one that checks each address when it connects
    /// ([`GuardedTransport`](graph_client::GuardedTransport)). What it checks is its own business.
    pub fn destination_transport(mut self, transport: Arc<dyn Transport>) -> HostBuilder {
        self.destination_transport = Some(transport);
        self
    }

    /// Sets Microsoft's own description of Graph, such as a [`Metadata`](crate::Metadata), from which questions about
    /// Graph are answered. Without it `graph_raw.find_permissions` knows nothing, and there are no warnings about raw
    /// requests.
    pub fn reference(mut self, reference: Arc<dyn Reference>) -> HostBuilder {
        self.reference = Some(reference);
        self
    }

    /// Sets the address below which this host receives Graph's notifications, such as
    /// `https://hooks.contoso.example/graph`. It tells the subscriptions of this host from those of other programs with
    /// the same app.
    ///
    /// # Errors
    /// `invalid_input` for anything but an https address without a user name, a query or a fragment. On this machine, for
    /// the sandbox, http will do.
    pub fn notification_url(mut self, url: &str) -> Result<HostBuilder> {
        let wrong = |why: &str| {
            Error::new(Code::InvalidInput, format!("the address for notifications {why}"))
                .with_hint("Give the https address below which Graph reaches this host, such as https://hooks.contoso.example/graph.")
        };
        let url = Url::parse(url).map_err(|error| wrong("is no URL").caused_by(error))?;
        // Graph itself takes https alone; a sandbox on this machine takes this machine's addresses too.
        let is_local = url.host_str().is_some_and(|host| matches!(host, "127.0.0.1" | "localhost" | "[::1]"));
        if url.scheme() != "https" && !(url.scheme() == "http" && is_local) {
            return Err(wrong("is not https"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("has a user name, a query or a fragment"));
        }
        self.notifications = Some(Arc::new(url));
        Ok(self)
    }

    /// Sets the clock that plans and triggers use, and by which confirmations and waiting sign-ins end, replacing the
    /// machine's: for tests of what happens at another time. Tokens, locks and retention keep the machine's time.
    pub fn now(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> HostBuilder {
        self.now = Some(Arc::new(now));
        self
    }

    /// Adds a connection whose tokens the embedding program provides. It is not stored.
    pub fn connection(mut self, name: impl Into<String>, given: ExternalConnection) -> HostBuilder {
        self.given.insert(name.into(), given);
        self
    }

    /// Builds the host.
    ///
    /// # Errors
    /// `bug` when two connectors have one name; the store's errors.
    pub fn build(self) -> Result<Host> {
        let (store, keys): (Arc<dyn Store>, KeyRing) = match self.store {
            Some(kept) => kept,
            None => (Arc::new(Sqlite::in_memory()?), KeyRing::random()?),
        };
        let specs = self.connectors.iter().map(|connector| (connector.name, connector.connection.clone())).collect();
        let vault = Arc::new(SealedDocuments::new(store.clone(), keys));
        let audit = Arc::new(Audit::new(store.clone(), self.audit_observers));
        let now = self.now.unwrap_or_else(|| Arc::new(Timestamp::now));
        let blobs = self.blobs.unwrap_or_else(|| Arc::new(ObjectBlobs::in_memory()));
        let files = TemporaryFiles::new(vault.clone(), blobs, self.file_limits, now.clone());
        let log: Arc<dyn EventLog> = Arc::new(SealedLog::new(store.clone(), vault.clone()));
        let operations = Operations { vault: vault.clone(), store: store.clone(), log: log.clone() };
        Ok(Host(Arc::new(Inner {
            connections: Connections::new(
                self.given,
                specs,
                Shared {
                    vault: vault.clone(),
                    store: store.clone(),
                    audit: audit.clone(),
                    operations: operations.clone(),
                    now: now.clone(),
                },
                self.transport,
                self.options,
            ),
            registry: Registry::new(self.connectors)?,
            log,
            operations,
            vault,
            audit,
            store,
            reference: self.reference,
            notifications: self.notifications,
            now,
            files: Arc::new(files),
            deliveries: Deliveries::new(self.destination_rules, self.destination_transport),
            remembered: SchemaCache::default(),
            rng: Rng::default(),
            rates: Rates::default(),
            retention: Retention::default(),
            workers: Workers::default(),
            polls: Polls::default(),
        })))
    }
}
