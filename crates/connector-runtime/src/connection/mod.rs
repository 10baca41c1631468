//! Connections: who a host is signed in as.

mod given;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use connector_sdk::{Code, Connector, Error, Result, Transport, Who};
use graph_client::{Client, Endpoint, ReqwestTransport, Tokens};

use crate::registry::nearest;
use crate::seal::Vault;
use crate::store::Store;

pub use given::Given;

/// The connections of a host: those that the embedding program gave it, and those in the store.
pub struct Connections {
    given: BTreeMap<String, (Given, OnceLock<Client>)>,
    vault: Arc<Vault>,
    store: Arc<dyn Store>,
    transport: Option<Arc<dyn Transport>>,
    client: OnceLock<Client>,
}

/// A connection, ready to be used.
#[derive(Clone)]
pub(crate) struct Connected {
    pub(crate) id: Arc<str>,
    pub(crate) endpoint: Endpoint,
    pub(crate) tokens: Arc<dyn Tokens>,
    pub(crate) who: Who,
    pub(crate) client: Client,
}

impl Connected {
    pub(crate) fn is_application(&self) -> bool {
        matches!(self.who, Who::App { .. })
    }
}

impl Connections {
    pub(crate) fn new(given: BTreeMap<String, Given>, vault: Arc<Vault>, store: Arc<dyn Store>, transport: Option<Arc<dyn Transport>>) -> Connections {
        let given = given.into_iter().map(|(name, given)| (name, (given, OnceLock::new()))).collect();
        Connections { given, vault, store, transport, client: OnceLock::new() }
    }

    /// A connection by name, for a connector.
    pub(crate) async fn connect(&self, name: &str, _connector: &Connector) -> Result<Connected> {
        if let Some((given, client)) = self.given.get(name) {
            let client = match &given.transport {
                Some(transport) => client.get_or_init(|| Client::new(transport.clone())).clone(),
                None => self.client()?,
            };
            return Ok(Connected {
                id: name.into(),
                endpoint: given.endpoint.clone(),
                tokens: given.tokens.clone(),
                who: given.who.clone(),
                client,
            });
        }
        let error = Error::new(Code::NotConnected, format!("there is no connection called `{name}`"));
        Err(match nearest(name, self.given.keys().map(String::as_str)) {
            Some(near) => error.hint(format!("Did you mean `{near}`? `tenon connections list` shows them all.")),
            None => error.hint("`tenon connections list` shows the connections; `sandbox` always exists."),
        })
    }

    // Made at first use: it loads certificates, which a host that only describes does not need.
    fn client(&self) -> Result<Client> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let transport: Arc<dyn Transport> = match &self.transport {
            Some(transport) => transport.clone(),
            None => Arc::new(ReqwestTransport::new()?),
        };
        Ok(self.client.get_or_init(|| Client::new(transport)).clone())
    }
}
