//! The host: the one interface for the library, the command line and every other program.

use std::sync::Arc;

use connector_sdk::{
    AnyAction, AnyDynamicSchema, AnyPicklist, AnyTrigger, ChoiceQuery, Choices, Connector, Reference, Result,
};
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use crate::audit::Audit;
use crate::blobs::TemporaryFiles;
use crate::connection::Connections;
use crate::delivery::Deliveries;
use crate::operations::Operations;
use crate::rates::Rates;
use crate::registry::Registry;
use crate::retention::Retention;
use crate::rng::Rng;
use crate::run::Run;
use crate::schema_cache::SchemaCache;
use crate::seal::SealedDocuments;
use crate::store::{EventLog, Store};
use crate::watch::Polls;
use crate::workers::Workers;

/// A host that loads connectors and executes what they offer. Cheap to clone; all clones are one host.
///
/// Every interface ends in [`Host::execute`]: find the action, validate the input, make the plan, check
/// the permissions, run or preview, return the output.
///
/// ```
/// use connector_runtime::Host;
/// use connector_sdk::{Code, Effect};
///
/// let host = Host::builder().connector(outlook_connector::connector()).build().unwrap();
/// assert_eq!(host.action("outlook.send_email").unwrap().spec().effect, Effect::Send);
///
/// let error = host.validate("outlook.send_email", &serde_json::json!({ "to": ["nobody"] })).unwrap_err();
/// assert_eq!(error.code(), Code::InvalidInput);
/// assert!(error.violations().iter().any(|issue| issue.pointer == "/to/0"));
/// ```
#[derive(Clone)]
pub struct Host(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) registry: Registry,
    pub(crate) connections: Connections,
    pub(crate) vault: Arc<SealedDocuments>,
    pub(crate) store: Arc<dyn Store>,
    /// The events and cursors of the store, sealed.
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) operations: Operations,
    pub(crate) reference: Option<Arc<dyn Reference>>,
    pub(crate) notifications: Option<Arc<Url>>,
    pub(crate) remembered: SchemaCache,
    pub(crate) rng: Rng,
    pub(crate) rates: Rates,
    pub(crate) retention: Retention,
    pub(crate) audit: Arc<Audit>,
    pub(crate) files: Arc<TemporaryFiles>,
    pub(crate) now: Arc<Now>,
    pub(crate) deliveries: Deliveries,
    pub(crate) workers: Workers,
    pub(crate) polls: Polls,
}

/// A function that returns the current time.
pub(crate) type Now = dyn Fn() -> Timestamp + Send + Sync;

impl Host {
    /// Returns the connectors, in the order in which they were loaded.
    pub fn connectors(&self) -> impl Iterator<Item = &Connector> {
        self.0.registry.connectors()
    }

    /// Returns the connector of this name.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn connector(&self, name: &str) -> Result<&Connector> {
        self.0.registry.connector(name)
    }

    /// Returns the schema of a connector's connections: a JSON Schema with one alternative for each sign-in method.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn connection_schema(&self, connector: &str) -> Result<Value> {
        let connector = self.connector(connector)?;
        Ok(graph_auth::connection_schema(connector.title, &connector.connection))
    }

    /// Returns an action by its id, such as `outlook.send_email`.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn action(&self, id: &str) -> Result<&dyn AnyAction> {
        Ok(self.0.registry.action(id)?.item)
    }

    /// Returns a trigger by its id, such as `outlook.new_email`.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn trigger(&self, id: &str) -> Result<&dyn AnyTrigger> {
        Ok(self.0.registry.trigger(id)?.item)
    }

    /// Returns a picklist by its id, such as `outlook.mail_folders`.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn picklist(&self, id: &str) -> Result<&dyn AnyPicklist> {
        Ok(self.0.registry.picklist(id)?.item)
    }

    /// Returns a dynamic schema by its id, such as `graph.list_item_fields`.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name.
    pub fn dynamic_schema(&self, id: &str) -> Result<&dyn AnyDynamicSchema> {
        Ok(self.0.registry.dynamic_schema(id)?.item)
    }

    /// Returns the connections.
    pub fn connections(&self) -> &Connections {
        &self.0.connections
    }

    /// Waits until what must not be cut off has ended: new tokens that were requested are stored, and the
    /// last entries of the audit log. This takes at most as
    /// long as one request may (30 seconds), and mostly no time. Call it before the runtime ends; the host can be used
    /// further.
    pub async fn shutdown(&self) {
        self.0.connections.shutdown().await;
        self.0.audit.flush().await;
    }

    /// Removes the temporary files that have expired, and what uploads that were killed have left. A host that is used
    /// does so by itself, every ten minutes. Returns the number of files.
    ///
    /// # Errors
    /// Those of the store and of the store of contents; the next removal tries again.
    pub async fn remove_expired_files(&self) -> Result<u64> {
        Ok(self.0.files.remove_expired().await?.0)
    }

    /// Validates an input against an action's schema, as every run does first. Nothing is sent.
    ///
    /// What a schema cannot say, such as that two properties exclude each other, [`Host::execute`] with a
    /// preview finds too; what only Graph knows, such as the columns of a list, a run finds.
    ///
    /// # Errors
    /// `invalid_input` with every violation and its JSON Pointer; `unknown_action` with the nearest name.
    pub fn validate(&self, action: &str, input: &Value) -> Result<()> {
        self.0.registry.action(action)?.validator.check(input)
    }

    /// Returns one page of a picklist's choices.
    ///
    /// # Errors
    /// As [`Host::execute`].
    pub async fn choices(&self, picklist: &str, connection: &str, input: Value, ask: ChoiceQuery) -> Result<Choices> {
        self.choices_as(picklist, connection, None, input, ask).await
    }

    // `id`: that the connection must have.
    pub(crate) async fn choices_as(
        &self,
        picklist: &str,
        connection: &str,
        id: Option<&str>,
        input: Value,
        ask: ChoiceQuery,
    ) -> Result<Choices> {
        let found = self.0.registry.picklist(picklist)?;
        found.validator.check(&input)?;
        let run = Run::new(picklist, connection, Value::Null);
        let connected = self.0.connections.connect_as(connection, id).await?;
        let session = self.session(&connected, found.item.spec(), &run);
        let plan = found.item.choices(input, ask, &self.context(&connected, &run, &session)?)?;
        connected.client.run(plan, &session, &mut Vec::new()).await
    }
}
