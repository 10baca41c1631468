//! The host as one principal sees it.
//!
//! Every interface holds an [`AuthorizedHost`] and decides nothing: what a caller may do is decided here. What a
//! principal does not reach looks to it as if it did not exist: the answers are equal, and suggestions name what it
//! reaches.

mod api_keys;
mod apply;
mod approvals;
mod audit;
mod connect_links;
mod connections;
mod deliveries;
mod destinations;
mod execution;
mod files;
mod profiles;
mod rules;
mod run_files;
mod sign_ins;
mod watch_events;
mod watches;
mod while_valid;

use std::sync::Arc;

use connector_sdk::{AnyAction, AnyTrigger, ChoiceQuery, Choices, Code, Connector, Effect, Error, Result, Secret};
use jiff::Timestamp;
use serde_json::Value;

use crate::dynamic::Resolved;
use crate::host::Host;
use crate::principal::{Interface, Principal, Principals, Rule, check_expiry};
use crate::registry::{Found, unknown};
use crate::search::SearchIndex;

pub use self::api_keys::AuthorizedApiKeys;
pub use self::apply::Applied;
pub use self::approvals::AuthorizedApprovals;
pub use self::audit::AuthorizedAudit;
pub use self::connect_links::OfferedConnection;
pub use self::connections::{AuthorizedConnections, ConnectionUsers};
pub use self::deliveries::AuthorizedDeliveries;
pub use self::destinations::AuthorizedDestinations;
pub use self::execution::Previewed;
pub use self::files::AuthorizedFiles;
pub use self::watches::{AuthorizedWatches, TriedWatch};

/// A host as one principal sees it, through one interface. Cheap to clone.
///
/// ```
/// use connector_runtime::{AuthorizedHost, Grant, Host, Interface, Patterns, Principal, PrincipalId, Rule};
/// use std::sync::Arc;
///
/// # fn main() -> connector_runtime::Result<()> {
/// let host = Host::builder().connector(outlook_connector::connector()).build()?;
/// let grant = Grant { actions: Patterns::new(["outlook.list_*"])?, ..Grant::default() };
/// let agent = Principal { id: PrincipalId::new("agent")?, name: "Agent".into(), grant, parent: None };
/// let seen: AuthorizedHost = host.authorize(Arc::new(agent), Interface::Library);
/// assert!(seen.actions().all(|(id, _)| id.starts_with("outlook.list_")));
/// let error = seen.action("outlook.send_email").map(|_| ()).unwrap_err();
/// assert_eq!(error.message(), "there is no action called `outlook.send_email`");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AuthorizedHost {
    host: Host,
    principal: Arc<Principal>,
    interface: Interface,
}

impl Host {
    /// Returns the host as this principal sees it.
    pub fn authorize(&self, principal: Arc<Principal>, interface: Interface) -> AuthorizedHost {
        AuthorizedHost { host: self.clone(), principal, interface }
    }

    /// Returns the principal that holds this API key.
    ///
    /// # Errors
    /// `denied` for anything but a valid key: the reason is `unknown_key`, or `expired` for one that has ended; the
    /// store's.
    pub async fn authenticate(&self, key: &Secret) -> Result<Arc<Principal>> {
        Principals(&self.0.vault).authenticate(key, (self.0.now)()).await
    }
}

impl AuthorizedHost {
    /// Returns the principal.
    pub fn principal(&self) -> &Arc<Principal> {
        &self.principal
    }

    /// Returns the interface through which the principal calls.
    pub fn interface(&self) -> Interface {
        self.interface
    }

    /// Counts a call of the principal, which may make so many in a minute, over all processes that share the store. An
    /// interface calls it once for each request.
    ///
    /// # Errors
    /// `throttled` with the reason `rate` and the time to wait; the store's.
    pub async fn count_call(&self, per_minute: u32) -> Result<()> {
        self.host.0.rates.count(&*self.host.0.store, &self.principal.id, per_minute).await
    }

    /// Returns the connectors of which the principal reaches an action or a trigger.
    pub fn connectors(&self) -> impl Iterator<Item = &Connector> {
        self.host.connectors().filter(|connector| self.reaches_connector(connector))
    }

    /// Returns a connector of which the principal reaches an action or a trigger.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name that it reaches; the same for a connector that it does not reach.
    pub fn connector(&self, name: &str) -> Result<&Connector> {
        let found = self.connectors().find(|connector| connector.name == name);
        found.ok_or_else(|| unknown("connector", name, self.connectors().map(|connector| connector.name)))
    }

    /// Returns the schema of a connector's connections, as [`Host::connection_schema`] does.
    ///
    /// # Errors
    /// As [`AuthorizedHost::connector`].
    pub fn connection_schema(&self, connector: &str) -> Result<Value> {
        self.host.connection_schema(self.connector(connector)?.name)
    }

    /// Returns the actions that the principal reaches, with their ids.
    pub fn actions(&self) -> impl Iterator<Item = (String, &dyn AnyAction)> {
        let all = self.host.connectors().flat_map(|connector| {
            connector.actions.iter().map(|action| (format!("{}.{}", connector.name, action.spec().name), &**action))
        });
        all.filter(|(id, _)| self.principal.reaches_action(id))
    }

    /// Returns the triggers that the principal reaches, with their ids.
    pub fn triggers(&self) -> impl Iterator<Item = (String, &dyn AnyTrigger)> {
        let all = self.host.connectors().flat_map(|connector| {
            connector.triggers.iter().map(|trigger| (format!("{}.{}", connector.name, trigger.spec().name), &**trigger))
        });
        all.filter(|(id, _)| self.principal.reaches_action(id))
    }

    /// Returns an action that the principal reaches.
    ///
    /// # Errors
    /// `unknown_action` with the nearest name that it reaches; the same for an action that it does not reach.
    pub fn action(&self, id: &str) -> Result<&dyn AnyAction> {
        Ok(self.find_action(id)?.item)
    }

    /// Returns a trigger that the principal reaches.
    ///
    /// # Errors
    /// As [`AuthorizedHost::action`].
    pub fn trigger(&self, id: &str) -> Result<&dyn AnyTrigger> {
        let registry = &self.host.0.registry;
        match registry.trigger(id) {
            Ok(found) if self.principal.reaches_action(id) => Ok(found.item),
            Err(error) if error.code() != Code::UnknownAction => Err(error),
            _ => Err(unknown("trigger", id, registry.trigger_ids().filter(|id| self.principal.reaches_action(id)))),
        }
    }

    /// Returns the rule for the effect that an action's specification names. Where the input decides about the effect,
    /// a run may be under another rule; its preview says which.
    ///
    /// # Errors
    /// As [`AuthorizedHost::action`].
    pub fn rule(&self, action: &str) -> Result<Rule> {
        let found = self.find_action(action)?;
        Ok(self.principal.rule(action, found.item.spec().effect))
    }

    /// Returns whether the principal may make a run with one of these effects, under whatever rule: the rules of the
    /// actions that it reaches and that change something count. An interface that lists what changes something apart asks
    /// it.
    pub fn may_change(&self, effects: &[Effect]) -> bool {
        self.actions().filter(|(_, action)| action.spec().effect != Effect::Read).any(|(id, _)| {
            let mut rules = effects.iter().map(|effect| self.principal.rule(&id, *effect));
            rules.any(|rule| rule != Rule::Deny)
        })
    }

    /// Validates an input against an action's schema. Nothing is sent.
    ///
    /// # Errors
    /// As [`Host::validate`], for the actions that the principal reaches.
    pub fn validate(&self, action: &str, input: &Value) -> Result<()> {
        self.check_expiry()?;
        self.find_action(action)?.validator.check(input)
    }

    /// Returns one page of a picklist's choices. The principal reaches the picklists that its actions and triggers
    /// have, if it may read with one of these at once. `connection` may be empty where it reaches one alone.
    ///
    /// # Errors
    /// As [`Host::choices`]; `denied` where it may not read.
    pub async fn choices(&self, picklist: &str, connection: &str, input: Value, ask: ChoiceQuery) -> Result<Choices> {
        self.check_expiry()?;
        let registry = &self.host.0.registry;
        let may_read = self.may_read_picklist(picklist);
        let exists = match registry.picklist(picklist) {
            Err(error) if error.code() != Code::UnknownAction => return Err(error),
            found => found.is_ok(),
        };
        let Some(may_read) = may_read.filter(|_| exists) else {
            let reached = registry.picklist_ids().filter(|id| self.may_read_picklist(id).is_some());
            return Err(unknown("picklist", picklist, reached));
        };
        let connection = self.connections().find(connection).await?;
        if !may_read {
            return Err(denied_by_rule(picklist, Effect::Read));
        }
        self.host.choices_as(picklist, &connection.name, Some(&connection.id), input, ask).await
    }

    /// Returns the schemas of an action or a trigger with their dynamic schemas resolved. `connection` may be empty
    /// where the principal reaches one alone.
    ///
    /// # Errors
    /// As [`Host::resolve`]; `denied` where it may not read with this action or trigger at once.
    pub async fn resolve(&self, id: &str, connection: &str, input: &Value) -> Result<Resolved> {
        self.check_expiry()?;
        // The answer is that for an action, whichever of both it might have been.
        if let Err(error) = self.find_action(id) {
            self.trigger(id).map_err(|_| error)?;
        }
        let connection = self.connections().find(connection).await?;
        if self.principal.rule(id, Effect::Read) != Rule::Allow {
            return Err(denied_by_rule(id, Effect::Read));
        }
        self.host.resolve_as(id, &connection.name, Some(&connection.id), input).await
    }

    /// Returns the connections that the principal reaches.
    pub fn connections(&self) -> AuthorizedConnections<'_> {
        AuthorizedConnections::new(self)
    }

    /// Returns the approvals that the principal sees.
    pub fn approvals(&self) -> AuthorizedApprovals<'_> {
        AuthorizedApprovals::new(self)
    }

    /// Returns the API keys that the principal may manage.
    pub fn api_keys(&self) -> AuthorizedApiKeys<'_> {
        AuthorizedApiKeys::new(self)
    }

    /// Returns the temporary files of the principal.
    pub fn files(&self) -> AuthorizedFiles<'_> {
        AuthorizedFiles::new(self)
    }

    /// Returns the watches that the principal sees.
    pub fn watches(&self) -> AuthorizedWatches<'_> {
        AuthorizedWatches::new(self)
    }

    /// Returns the destinations that the principal sees.
    pub fn destinations(&self) -> AuthorizedDestinations<'_> {
        AuthorizedDestinations::new(self)
    }

    /// Returns the deliveries that the principal sees.
    pub fn deliveries(&self) -> AuthorizedDeliveries<'_> {
        AuthorizedDeliveries::new(self)
    }

    /// Returns the entries of the audit log that the principal may read.
    pub fn audit(&self) -> AuthorizedAudit<'_> {
        AuthorizedAudit::new(self)
    }

    /// Returns the index of the actions for search by words.
    pub(crate) fn search_index(&self) -> &SearchIndex {
        self.host.0.registry.search_index()
    }

    fn now(&self) -> Timestamp {
        (self.host.0.now)()
    }

    // Whoever holds on to a host does not outlive the grant.
    fn check_expiry(&self) -> Result<()> {
        check_expiry(&self.principal, self.now())
    }

    fn reaches_connector(&self, connector: &Connector) -> bool {
        let actions = connector.actions.iter().map(|action| action.spec().name);
        let triggers = connector.triggers.iter().map(|trigger| trigger.spec().name);
        actions.chain(triggers).any(|name| self.principal.reaches_action(&format!("{}.{name}", connector.name)))
    }

    fn find_action(&self, id: &str) -> Result<Found<'_, dyn AnyAction>> {
        let registry = &self.host.0.registry;
        match registry.action(id) {
            Ok(found) if self.principal.reaches_action(id) => Ok(found),
            Err(error) if error.code() != Code::UnknownAction => Err(error),
            _ => Err(unknown("action", id, registry.action_ids().filter(|id| self.principal.reaches_action(id)))),
        }
    }

    // `None` where the picklist is not reached.
    fn may_read_picklist(&self, id: &str) -> Option<bool> {
        if self.principal.is_owner() {
            return Some(true);
        }
        let users = self.host.0.registry.users_of_picklist(id).iter();
        let reached = users.filter(|user| self.principal.reaches_action(user));
        reached.map(|user| self.principal.rule(user, Effect::Read) == Rule::Allow).max()
    }
}

/// Creates the error for what the rules deny.
fn denied_by_rule(action: &str, effect: Effect) -> Error {
    Error::new(Code::Denied, format!("the rules of this key deny `{action}` with the effect `{}`", effect.name()))
        .with_reason("rule")
}
