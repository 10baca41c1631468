//! Principals: who calls the host, and what they may do.
//!
//! Every interface acts for a principal. The [owner](Principal::owner) may do everything; any other principal has a
//! [`Grant`]. A principal that another one made is held to the grants of both: each check asks all of them, and the
//! strictest answer counts. So a key never exceeds the key that made it, also when that one is narrowed later.

mod describe;
mod grant;
mod key;
mod patterns;
mod rules;
mod stored;

use std::fmt;
use std::sync::Arc;

use connector_sdk::{Effect, Error, Result};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::grant::{Access, Grant, Reach};
pub use self::patterns::{Domain, Pattern, Patterns};
pub use self::rules::{ApprovalBy, Exception, Rule, Rules};
pub use self::stored::{NewApiKey, PrincipalInfo};
pub(crate) use self::stored::{Principals, check_expiry, no_such as no_such_key, unknown_key};

/// Maximum number of principals in a chain: one, and those that made it.
pub const MAX_CHAIN: usize = 4;

/// Id of a principal: 1 to 64 lower-case letters, digits and hyphens. That of the owner is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^[a-z0-9-]{0,64}$"))]
pub struct PrincipalId(String);

impl PrincipalId {
    /// Creates an id, for a principal that is not stored.
    ///
    /// ```
    /// use connector_runtime::PrincipalId;
    ///
    /// assert_eq!(PrincipalId::new("sandbox").unwrap().as_str(), "sandbox");
    /// assert!(PrincipalId::new("").is_err(), "the empty one is the owner's");
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for anything but 1 to 64 lower-case letters, digits and hyphens.
    pub fn new(id: impl Into<String>) -> Result<PrincipalId> {
        let id = id.into();
        let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if id.is_empty() || id.len() > 64 || !id.bytes().all(is_fit) {
            return Err(Error::invalid(
                "/id",
                "an id of a principal is 1 to 64 lower-case letters, digits and hyphens",
            ));
        }
        Ok(PrincipalId(id))
    }

    /// Returns the id of the owner.
    pub const fn owner() -> PrincipalId {
        PrincipalId(String::new())
    }

    /// Returns the id as text; empty for the owner.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether this is the owner's.
    pub fn is_owner(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<String> for PrincipalId {
    type Error = Error;
    fn try_from(id: String) -> Result<PrincipalId> {
        if id.is_empty() { Ok(PrincipalId::owner()) } else { PrincipalId::new(id) }
    }
}

impl From<PrincipalId> for String {
    fn from(id: PrincipalId) -> String {
        id.0
    }
}

impl fmt::Display for PrincipalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_owner() { "owner" } else { &self.0 })
    }
}

/// Interface through which a principal calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Interface {
    /// A program that embeds the host.
    Library,
    /// The command line.
    CommandLine,
    /// The HTTP API.
    Http,
    /// The Model Context Protocol.
    Mcp,
    /// The web console.
    Console,
    /// A worker of the host itself.
    Worker,
}

impl Interface {
    /// Returns the stable name, such as `command_line`.
    pub const fn name(self) -> &'static str {
        match self {
            Interface::Library => "library",
            Interface::CommandLine => "command_line",
            Interface::Http => "http",
            Interface::Mcp => "mcp",
            Interface::Console => "console",
            Interface::Worker => "worker",
        }
    }
}

/// A connection, by its name and its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConnectionRef {
    /// Name of the connection.
    pub name: String,
    /// Id of the connection, which a new one under the same name does not have.
    pub id: String,
}

impl ConnectionRef {
    /// Creates a reference to a connection.
    pub fn new(name: impl Into<String>, id: impl Into<String>) -> ConnectionRef {
        ConnectionRef { name: name.into(), id: id.into() }
    }
}

/// Who calls the host, with what it may do.
///
/// ```
/// use std::sync::Arc;
///
/// use connector_runtime::{ConnectionRef, Effect, Grant, Patterns, Principal, PrincipalId, Rule};
///
/// # fn main() -> connector_runtime::Result<()> {
/// let grant = Grant {
///     connections: Patterns::new(["work"])?,
///     actions: Patterns::new(["outlook.*"])?,
///     ..Grant::default()
/// };
/// let agent = Principal { id: PrincipalId::new("agent")?, name: "Agent".into(), grant, parent: None };
/// assert_eq!(agent.rule("outlook.list_emails", Effect::Read), Rule::Allow);
/// assert_eq!(agent.rule("outlook.send_email", Effect::Send), Rule::Deny);
/// assert!(agent.reaches(&ConnectionRef::new("work", "c1")) && !agent.reaches(&ConnectionRef::new("home", "c2")));
/// assert_eq!(Principal::owner().rule("outlook.send_email", Effect::Send), Rule::Allow);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Id of the principal. What it does under idempotency keys belongs to this id.
    pub id: PrincipalId,
    /// Name for people.
    pub name: String,
    /// What it may do by itself. Its parents may narrow that.
    pub grant: Grant,
    /// Principal that made this one; `None` for one that the owner made.
    pub parent: Option<Arc<Principal>>,
}

impl Principal {
    /// Returns the owner, who may do everything: whoever can open the store and its keys.
    pub fn owner() -> Arc<Principal> {
        Arc::new(Principal { id: PrincipalId::owner(), name: "owner".into(), grant: Grant::everything(), parent: None })
    }

    /// Returns whether this is the owner.
    pub fn is_owner(&self) -> bool {
        self.id.is_owner() && self.parent.is_none()
    }

    /// Returns the strictest rule for an action and an effect along the chain. What a grant does not reach is denied.
    pub fn rule(&self, action: &str, effect: Effect) -> Rule {
        self.chain().and_then(|chain| chain.map(|one| one.grant.rule(action, effect)).max()).unwrap_or(Rule::Deny)
    }

    /// Returns the strictest rule for several effects of one action.
    pub(crate) fn strictest_rule(&self, action: &str, effects: &[Effect]) -> Rule {
        effects.iter().map(|effect| self.rule(action, *effect)).max().unwrap_or(Rule::Deny)
    }

    /// Returns whether every grant along the chain reaches the connection.
    pub fn reaches(&self, connection: &ConnectionRef) -> bool {
        self.all(|grant| grant.connections.has_connection(connection))
    }

    /// Returns whether every grant along the chain reaches a connection of this name, whatever its id.
    pub(crate) fn reaches_name(&self, connection: &str) -> bool {
        self.all(|grant| grant.connections.has(connection))
    }

    /// Returns whether every grant along the chain reaches a connection of this name that is still to be made. A pattern
    /// that is bound to a connection does not reach a new one.
    pub(crate) fn reaches_new(&self, connection: &str) -> bool {
        self.all(|grant| grant.connections.has_new(connection))
    }

    /// Returns whether every grant along the chain reaches the action or trigger.
    pub fn reaches_action(&self, id: &str) -> bool {
        self.all(|grant| grant.actions.has(id))
    }

    /// Returns whether every grant along the chain lets it send to this address. An address without a domain is
    /// reached only where no grant names domains.
    pub fn reaches_recipient(&self, address: &str) -> bool {
        self.all(|grant| match &grant.rules.recipients {
            Some(domains) => domains.iter().any(|domain| domain.has(address)),
            None => true,
        })
    }

    /// Returns whether a grant along the chain names the domains that may be sent to.
    pub fn names_recipients(&self) -> bool {
        !self.all(|grant| grant.rules.recipients.is_none())
    }

    /// Returns who may answer an approval, by the strictest grant along the chain.
    pub fn approvals(&self) -> ApprovalBy {
        match self.all(|grant| grant.rules.approvals == ApprovalBy::ClientOrConsole) {
            true => ApprovalBy::ClientOrConsole,
            false => ApprovalBy::Console,
        }
    }

    /// Returns the access to watches.
    pub fn watches(&self) -> Access {
        self.least(|grant| grant.watches)
    }

    /// Returns the access to destinations.
    pub fn destinations(&self) -> Access {
        self.least(|grant| grant.destinations)
    }

    /// Returns which entries of the audit log it may read.
    pub fn audit(&self) -> Reach {
        self.least(|grant| grant.audit)
    }

    /// Returns whether it may make, reconnect and remove connections.
    pub fn may_connect(&self) -> bool {
        self.all(|grant| grant.connect)
    }

    /// Returns whether it may answer the approvals of others.
    pub fn may_approve(&self) -> bool {
        self.all(|grant| grant.approve)
    }

    /// Returns whether it may make and revoke keys.
    pub fn may_manage_keys(&self) -> bool {
        self.all(|grant| grant.keys)
    }

    /// Returns whether it may read the metrics.
    pub fn may_read_metrics(&self) -> bool {
        self.all(|grant| grant.metrics)
    }

    /// Returns whether it may use settings that reach resources of the machine.
    pub fn is_admin(&self) -> bool {
        self.all(|grant| grant.admin)
    }

    /// Returns the time at which the first grant along the chain expires.
    pub fn expires(&self) -> Option<Timestamp> {
        self.links().filter_map(|one| one.grant.expires).min()
    }

    /// Returns whether this is the principal `id`, or was made by it, directly or through others.
    pub fn descends_from(&self, id: &PrincipalId) -> bool {
        id.is_owner() || self.links().any(|one| one.id == *id)
    }

    /// Returns the ids of the principals above this one, the nearest first.
    pub(crate) fn above(&self) -> impl Iterator<Item = &PrincipalId> {
        self.links().skip(1).map(|one| &one.id)
    }

    // The principal, and those that made it, without an end.
    fn links(&self) -> impl Iterator<Item = &Principal> {
        std::iter::successors(Some(self), |one| one.parent.as_deref())
    }

    // `None` for a chain that is too long, which may do nothing.
    fn chain(&self) -> Option<impl Iterator<Item = &Principal>> {
        self.links().nth(MAX_CHAIN).is_none().then(|| self.links())
    }

    fn all(&self, may: impl Fn(&Grant) -> bool) -> bool {
        self.chain().is_some_and(|mut chain| chain.all(|one| may(&one.grant)))
    }

    fn least<T: Ord + Default>(&self, of: impl Fn(&Grant) -> T) -> T {
        self.chain().and_then(|chain| chain.map(|one| of(&one.grant)).min()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
