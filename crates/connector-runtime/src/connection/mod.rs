//! Connections: the identities that a host is signed in as.

mod bounded;
mod cached;
mod connected;
mod credential;
mod external;
mod grant;
mod info;
mod local_settings;
mod profiles;
mod reconnect;
mod record;
mod renew;
mod renewals;
mod requested_scopes;
mod sign_in;
mod source;
mod stored;
mod test;
mod transfer;
mod trouble;
mod turn;
mod unstored;
mod want;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use connector_sdk::connection::ConnectionSpec;
use connector_sdk::{Result, Transport};
use graph_client::{Client, ClientOptions, usual_transport};
use jiff::Timestamp;

use self::connected::Live;
use self::renewals::Renewals;
use crate::audit::Audit;
use crate::host::Now;
use crate::operations::Operations;
use crate::seal::SealedDocuments;
use crate::shared_limits::StoreLimits;
use crate::store::Store;

pub(crate) use self::connected::Connected;
pub use self::external::ExternalConnection;
pub use self::info::{ConnectionInfo, ListedConnection};
pub(crate) use self::local_settings::changed_local_settings;
pub use self::profiles::Followers;
pub use self::reconnect::Reconnection;
pub use self::record::{ConnectionState, Trouble};
pub use self::requested_scopes::{ConnectionPermissions, RequestedScopes};
pub use self::sign_in::{
    BrowserSignIn, ConnectLink, DeviceSignIn, DeviceStatus, NewConnection, OpenedLink, Resumed, SignInLink,
    SignInState, SignInStatus, SignInStep,
};
pub(crate) use self::sign_in::{Expected, Initiator, PreparedConnection, check_name};
pub(crate) use self::stored::no_such;
pub use self::test::TestReport;
pub use self::transfer::Secrets;
#[cfg(fuzzing)]
pub(crate) use self::transfer::fuzz_import;

/// The connections of a host: those that the embedding program gave it, and those in the store. Cheap to clone.
#[derive(Clone)]
pub struct Connections(Arc<Inner>);

struct Inner {
    given: BTreeMap<String, (ExternalConnection, OnceLock<Arc<Connected>>)>,
    specs: BTreeMap<&'static str, ConnectionSpec>,
    vault: Arc<SealedDocuments>,
    store: Arc<dyn Store>,
    audit: Arc<Audit>,
    operations: Operations,
    now: Arc<Now>,
    transport: OnceLock<Arc<dyn Transport>>,
    options: ClientOptions,
    client: OnceLock<Client>,
    live: Live,
    renewals: Renewals,
}

/// What connections share with the rest of their host.
pub(crate) struct Shared {
    pub(crate) vault: Arc<SealedDocuments>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) operations: Operations,
    pub(crate) now: Arc<Now>,
}

impl Connections {
    pub(crate) fn new(
        given: BTreeMap<String, ExternalConnection>,
        specs: BTreeMap<&'static str, ConnectionSpec>,
        Shared { vault, store, audit, operations, now }: Shared,
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
            audit,
            operations,
            now,
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

    /// Waits until the running renewals have ended and their tokens are stored, at most as long as one request may
    /// take, and gives shares of limits back.
    pub(crate) async fn shutdown(&self) {
        self.0.renewals.finish(renew::REQUEST).await;
        let given = self.0.given.values().filter_map(|(_, connected)| Some(&connected.get()?.client));
        for client in self.0.client.get().into_iter().chain(given) {
            client.end_leases().await;
        }
    }

    /// Returns the time by which waiting sign-ins end.
    fn now(&self) -> Timestamp {
        (self.0.now)()
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
        if let Some(client) = self.0.client.get() {
            return Ok(client.clone());
        }
        let client = self.client_over(self.transport()?)?;
        Ok(self.0.client.get_or_init(|| client).clone())
    }

    fn client_over(&self, transport: Arc<dyn Transport>) -> Result<Client> {
        let mut options = self.0.options.clone();
        options.shared_limits = StoreLimits::of_client(&self.0.store)?;
        Ok(Client::builder(transport).options(options).build())
    }
}
