//! Permissions: what a request needs, what a connection asks for, what it was granted.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

/// The resource that short scope names belong to.
pub const GRAPH_RESOURCE: &str = "https://graph.microsoft.com/";

/// Permissions of which any one suffices, the least privileged first.
///
/// Where several are needed together, they stand in one text, separated by spaces, as in the [`scope`][1] of a sign-in:
/// `User.ReadBasic.All GroupMember.Read.All`. An empty list means that nothing is needed beyond being signed in.
///
/// [1]: https://www.rfc-editor.org/rfc/rfc6749#section-3.3
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyOf(pub &'static [&'static str]);

impl AnyOf {
    /// Nothing beyond being signed in.
    pub const NONE: AnyOf = AnyOf(&[]);
    /// What no token carries: it cannot be done at all. As `delegated` it says that only an app can do it.
    pub const NEVER: AnyOf = AnyOf(&[""]);

    /// Whether it cannot be done at all.
    pub fn is_never(&self) -> bool {
        *self == AnyOf::NEVER
    }

    /// Whether `granted` has one of them.
    pub fn is_met(&self, granted: &Granted) -> bool {
        self.0.is_empty() || self.0.iter().any(|scope| granted.has(scope))
    }
    /// The least privileged one; several names where they are needed together.
    pub fn least(&self) -> Option<&'static str> {
        self.0.first().copied().filter(|_| !self.is_never())
    }
    /// Every permission that stands in it.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.0.iter().flat_map(|any| any.split_ascii_whitespace())
    }
}

/// A list of names; null where it cannot be done at all.
impl Serialize for AnyOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_never() { serializer.serialize_none() } else { self.0.serialize(serializer) }
    }
}

/// What an action needs, by who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Scopes {
    /// When a user is signed in. [`AnyOf::NEVER`]: a user cannot do it at all, only an app.
    pub delegated: AnyOf,
    /// When a user is signed in and the mailbox, calendar or folder is somebody else's.
    #[serde(skip_serializing_if = "is_none")]
    pub shared: AnyOf,
    /// When an app is signed in. `None`: an app cannot do it at all.
    pub application: Option<AnyOf>,
}

impl Scopes {
    /// Nothing beyond being signed in, as a user or as an app.
    pub const NONE: Scopes = Scopes::of(&[], &[]);

    /// What a user needs, in everybody's data alike, and what an app needs.
    pub const fn of(delegated: &'static [&'static str], application: &'static [&'static str]) -> Scopes {
        Scopes { delegated: AnyOf(delegated), shared: AnyOf::NONE, application: Some(AnyOf(application)) }
    }
    /// What a user and an app need alike.
    pub const fn alike(any: &'static [&'static str]) -> Scopes {
        Scopes::of(any, any)
    }
    /// What only a user can do.
    pub const fn users(delegated: &'static [&'static str]) -> Scopes {
        Scopes { delegated: AnyOf(delegated), shared: AnyOf::NONE, application: None }
    }
    /// The same, and what a user needs in somebody else's data.
    pub const fn and_shared(mut self, shared: &'static [&'static str]) -> Scopes {
        self.shared = AnyOf(shared);
        self
    }
    /// What who is signed in needs: `None` where they cannot do it at all. `shared`: in somebody else's data.
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

/// What a connection asks for with one sign-in method, exactly as its seed states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Permissions {
    /// Always requested.
    pub minimum: &'static [&'static str],
    /// Requested unless the connection names its own.
    pub default: &'static [&'static str],
    /// Requested only when the connection names them.
    pub optional: &'static [&'static str],
}

impl Permissions {
    /// Nothing at all.
    pub const NONE: Permissions = Permissions { minimum: &[], default: &[], optional: &[] };
}

/// The scopes or roles that a token carries.
///
/// The short and the full spelling (`User.Read`, `https://graph.microsoft.com/User.Read`) are the
/// same scope, and letters of either case are the same letter, as the sign-in service has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Granted(BTreeSet<String>);

impl Granted {
    /// Reads names, in either spelling.
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Granted {
        Granted(names.into_iter().map(|name| key(name.as_ref())).filter(|name| !name.is_empty()).collect())
    }
    /// Reads names separated by spaces, as a token response has them.
    pub fn parse(names: &str) -> Granted {
        Granted::new(names.split_ascii_whitespace())
    }
    /// Whether the scope is among them; of several, separated by spaces, whether all are.
    pub fn has(&self, scope: &str) -> bool {
        match scope.trim().contains(char::is_whitespace) {
            true => scope.split_ascii_whitespace().all(|scope| self.0.contains(&key(scope))),
            false => self.0.contains(&key(scope)),
        }
    }
    /// Whether single sites, lists, items or files may have been given to the app.
    pub fn has_selected(&self) -> bool {
        self.0.iter().any(|scope| scope.ends_with(".selected") && !scope.starts_with("filestoragecontainer."))
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A scope's short name: `https://graph.microsoft.com/User.Read` becomes `User.Read`.
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
