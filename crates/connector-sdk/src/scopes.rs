//! Permissions: needed by a request, requested by a connection, granted to a token.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// A set of permissions of which any one suffices, the least privileged first.
///
/// Where several are needed together, they stand in one text, separated by spaces, as in the [`scope`][1] of a sign-in:
/// `User.ReadBasic.All GroupMember.Read.All`. An empty list means that nothing is needed beyond being signed in.
///
/// ```
/// use connector_sdk::{AnyOf, Granted};
///
/// let read = AnyOf(&["Mail.Read", "Mail.ReadWrite"]);
/// assert_eq!(read.least(), Some("Mail.Read"));
/// assert!(read.is_met(&Granted::parse("User.Read Mail.ReadWrite")));
/// assert!(!read.is_met(&Granted::parse("User.Read")));
/// ```
///
/// [1]: https://www.rfc-editor.org/rfc/rfc6749#section-3.3
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyOf(pub &'static [&'static str]);

impl AnyOf {
    /// No permission beyond being signed in.
    pub const NONE: AnyOf = AnyOf(&[]);
    /// No permission that a token can carry: the operation is impossible. As `delegated` it means that only an app can
    /// do it.
    pub const NEVER: AnyOf = AnyOf(&[""]);

    /// Returns whether no token can satisfy it.
    pub fn is_never(&self) -> bool {
        *self == AnyOf::NEVER
    }

    /// Returns whether `granted` has one of the permissions.
    pub fn is_met(&self, granted: &Granted) -> bool {
        self.0.is_empty() || self.0.iter().any(|scope| granted.has(scope))
    }
    /// Returns the least privileged permission; several names where they are needed together.
    pub fn least(&self) -> Option<&'static str> {
        self.0.first().copied().filter(|_| !self.is_never())
    }
    /// Returns every permission in the set.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.0.iter().flat_map(|any| any.split_ascii_whitespace())
    }
}

/// Serializes a list of names; null where no token can satisfy it.
impl Serialize for AnyOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_never() { serializer.serialize_none() } else { self.0.serialize(serializer) }
    }
}

impl JsonSchema for AnyOf {
    fn schema_name() -> Cow<'static, str> {
        "AnyOf".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["array", "null"],
            "items": { "type": "string" },
            "description": "Permissions of which any one suffices, the least privileged first; null where none does.",
        })
    }
}

/// Permissions that an action needs, by who is signed in.
///
/// ```
/// use connector_sdk::{AnyOf, Scopes};
///
/// let scopes = Scopes::users(&["Mail.Read"]).and_shared(&["Mail.Read.Shared"]);
/// assert_eq!(scopes.of_caller(false, false), Some(AnyOf(&["Mail.Read"])));
/// assert_eq!(scopes.of_caller(false, true), Some(AnyOf(&["Mail.Read.Shared"])));
/// assert_eq!(scopes.of_caller(true, false), None, "an app cannot do it");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[must_use]
#[non_exhaustive]
pub struct Scopes {
    /// Permissions of a signed-in user. [`AnyOf::NEVER`]: only an app can do it.
    pub delegated: AnyOf,
    /// Permissions of a signed-in user for somebody else's mailbox, calendar or folder.
    #[serde(skip_serializing_if = "is_none")]
    pub shared: AnyOf,
    /// Permissions of an app. `None`: an app cannot do it.
    pub application: Option<AnyOf>,
}

impl Scopes {
    /// No permissions beyond being signed in, as a user or as an app.
    pub const NONE: Scopes = Scopes::of(&[], &[]);

    /// Creates permissions of a user, in everybody's data alike, and of an app.
    pub const fn of(delegated: &'static [&'static str], application: &'static [&'static str]) -> Scopes {
        Scopes { delegated: AnyOf(delegated), shared: AnyOf::NONE, application: Some(AnyOf(application)) }
    }
    /// Creates permissions that are the same for a user and an app.
    pub const fn alike(any: &'static [&'static str]) -> Scopes {
        Scopes::of(any, any)
    }
    /// Creates permissions of a user; an app cannot do it.
    pub const fn users(delegated: &'static [&'static str]) -> Scopes {
        Scopes { delegated: AnyOf(delegated), shared: AnyOf::NONE, application: None }
    }
    /// Creates permissions of an app; a user cannot do it.
    pub const fn apps(application: &'static [&'static str]) -> Scopes {
        Scopes { delegated: AnyOf::NEVER, shared: AnyOf::NONE, application: Some(AnyOf(application)) }
    }
    /// Sets the permissions that a user needs.
    pub const fn and_delegated(mut self, delegated: &'static [&'static str]) -> Scopes {
        self.delegated = AnyOf(delegated);
        self
    }
    /// Sets the permissions that a user needs in somebody else's data.
    pub const fn and_shared(mut self, shared: &'static [&'static str]) -> Scopes {
        self.shared = AnyOf(shared);
        self
    }
    /// Returns the permissions that the caller needs; `None` where the caller cannot do it. `shared`: in somebody
    /// else's data.
    pub fn of_caller(&self, application: bool, shared: bool) -> Option<AnyOf> {
        match (application, shared) {
            (true, _) => self.application,
            (false, true) if !self.shared.0.is_empty() => Some(self.shared),
            (false, _) => Some(self.delegated).filter(|any| !any.is_never()),
        }
    }
}

fn is_none(any: &AnyOf) -> bool {
    any.0.is_empty()
}

/// Permissions that a connection requests with one sign-in method, exactly as the connector's requirements state them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[must_use]
#[non_exhaustive]
pub struct Permissions {
    /// Permissions that are always requested.
    pub minimum: &'static [&'static str],
    /// Permissions that are requested unless the connection names its own.
    pub default: &'static [&'static str],
    /// Permissions that are requested only when the connection names them.
    pub optional: &'static [&'static str],
}

impl Permissions {
    /// No permissions.
    pub const NONE: Permissions = Permissions { minimum: &[], default: &[], optional: &[] };

    /// Sets the permissions that are always requested.
    pub const fn with_minimum(mut self, minimum: &'static [&'static str]) -> Permissions {
        self.minimum = minimum;
        self
    }
    /// Sets the permissions that are requested unless the connection names its own.
    pub const fn with_default(mut self, default: &'static [&'static str]) -> Permissions {
        self.default = default;
        self
    }
    /// Sets the permissions that are requested only when the connection names them.
    pub const fn with_optional(mut self, optional: &'static [&'static str]) -> Permissions {
        self.optional = optional;
        self
    }
}

/// The scopes or roles that a token carries.
///
/// The short and the full spelling (`User.Read`, `https://graph.microsoft.com/User.Read`) are the
/// same scope, and letters of either case are the same letter, as the sign-in service has it.
///
/// ```
/// use connector_sdk::Granted;
///
/// let granted = Granted::parse("User.Read https://graph.microsoft.com/Mail.Send");
/// assert!(granted.has("mail.send") && granted.has("https://graph.microsoft.com/User.Read"));
/// assert!(!granted.has("User.Read Mail.Read"), "both are needed");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Granted(BTreeSet<String>);

impl Granted {
    /// Creates the set from names, in either spelling.
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Granted {
        Granted(names.into_iter().map(|name| key(name.as_ref())).filter(|name| !name.is_empty()).collect())
    }
    /// Parses names separated by spaces, as a token response has them.
    pub fn parse(names: &str) -> Granted {
        Granted::new(names.split_ascii_whitespace())
    }
    /// Returns whether the scope is among them; of several, separated by spaces, whether all are.
    pub fn has(&self, scope: &str) -> bool {
        match scope.trim().contains(char::is_whitespace) {
            true => scope.split_ascii_whitespace().all(|scope| self.0.contains(&key(scope))),
            false => self.0.contains(&key(scope)),
        }
    }
    /// Returns whether access to single sites, lists, items or files may have been granted to the app.
    pub fn has_selected(&self) -> bool {
        self.0.iter().any(|scope| scope.ends_with(".selected") && !scope.starts_with("filestoragecontainer."))
    }
    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Returns a scope's short name: `https://graph.microsoft.com/User.Read` becomes `User.Read`.
///
/// Every national cloud has its own resource, so any https origin is taken off.
pub fn short(scope: &str) -> &str {
    match scope.split_once("://") {
        Some(("https", rest)) => rest.split_once('/').map_or(scope, |(_, name)| name),
        _ => scope,
    }
}

fn key(scope: &str) -> String {
    short(scope.trim()).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_the_same_scope() {
        let granted =
            Granted::parse("https://graph.microsoft.com/User.Read  mail.send https://graph.microsoft.us/Files.Read");
        for scope in ["User.Read", "https://graph.microsoft.com/user.read", "Mail.Send", "Files.Read"] {
            assert!(granted.has(scope), "{scope}");
        }
        assert!(!granted.has("User.Read.All"));
        assert!(AnyOf(&["Mail.Read", "Mail.Send"]).is_met(&granted));
        assert!(!AnyOf(&["Mail.Read"]).is_met(&granted));
        assert!(AnyOf::NONE.is_met(&Granted::default()));
    }

    #[test]
    fn some_are_needed_together() {
        let any = AnyOf(&["User.ReadBasic.All GroupMember.Read.All", "Directory.Read.All"]);
        for (granted, met) in [
            ("User.ReadBasic.All", false),
            ("GroupMember.Read.All", false),
            ("groupmember.read.all https://graph.microsoft.com/User.ReadBasic.All", true),
            ("Directory.Read.All", true),
        ] {
            assert_eq!(any.is_met(&Granted::parse(granted)), met, "{granted}");
        }
        assert_eq!(
            any.names().collect::<Vec<_>>(),
            ["User.ReadBasic.All", "GroupMember.Read.All", "Directory.Read.All"]
        );
    }

    #[test]
    fn what_cannot_be_done_is_met_by_no_token() {
        for granted in [Granted::default(), Granted::new(["", " "]), Granted::parse("User.Read")] {
            assert!(!AnyOf::NEVER.is_met(&granted), "{granted:?}");
        }
        assert_eq!(AnyOf::NEVER.least(), None);
        assert_eq!(
            serde_json::to_string(&[AnyOf::NEVER, AnyOf::NONE, AnyOf(&["Mail.Read"])]).unwrap(),
            r#"[null,[],["Mail.Read"]]"#
        );
    }
}
