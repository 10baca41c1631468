//! Scopes that a connection requests.
//!
//! What a person sees and chooses are the sets of the seeds: *minimum* is always asked for, *default* when
//! the connection names no scopes of its own, *optional* only when it names them ([`choose`]).
//! What is sent is that, in the form that the grant wants ([`delegated`], [`application`]).

use connector_sdk::Permissions;
use connector_sdk::scopes::short;
use url::Url;

use crate::Cloud;
use crate::address;

/// Misspelt names in the connectors' requirements, and Microsoft's names for them.
const MISSPELT: [(&str, &str); 2] =
    [("Directory.AcessAsUser.All", "Directory.AccessAsUser.All"), ("GroupMember.ReadAll", "GroupMember.Read.All")];

/// Scopes of OpenID Connect: they belong to no resource, so they have no long spelling.
const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Chosen scopes, and notes for the chooser.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScopeChoice {
    /// Scopes, each once, in the order in which they were named.
    pub scopes: Vec<String>,
    /// Notes for the owner of the connection, such as a corrected spelling.
    pub notes: Vec<String>,
}

/// Chooses the scopes of a connection: the minimum and its own, or the minimum and the default.
///
/// The same scope in its short and its long spelling is one scope, and stays in the spelling that came
/// first. `.default` asks for what the app registration lists, and the sign-in service refuses it beside
/// other scopes of Graph, so these are left out then.
///
/// ```
/// use connector_sdk::Permissions;
/// use graph_auth::scopes;
///
/// let permissions =
///     Permissions::NONE.with_minimum(&["User.Read"]).with_default(&["User.Read", "Mail.Send"]).with_optional(&["Mail.Read"]);
/// assert_eq!(scopes::choose(&permissions, None).scopes, ["User.Read", "Mail.Send"]);
/// let own = ["Mail.Read".to_owned()];
/// assert_eq!(scopes::choose(&permissions, Some(&own)).scopes, ["Mail.Read", "User.Read"]);
/// ```
pub fn choose(permissions: &Permissions, own: Option<&[String]>) -> ScopeChoice {
    let mut choice = ScopeChoice::default();
    let own = own.filter(|own| !own.is_empty());
    let named: Vec<&str> =
        own.map_or_else(|| permissions.default.to_vec(), |own| own.iter().map(String::as_str).collect());
    let everything = named.iter().any(|scope| is_default(scope));
    if own.is_some() {
        // The connection's own spelling wins, so it comes first in the search for duplicates.
        named.iter().for_each(|scope| choice.add(scope));
        let added: Vec<&str> = permissions.minimum.iter().copied().filter(|scope| !choice.has(scope)).collect();
        for scope in added {
            choice.add(scope);
        }
    } else {
        named.iter().chain(permissions.minimum).for_each(|scope| choice.add(scope));
    }
    if everything {
        let before = choice.scopes.len();
        choice.scopes.retain(|scope| is_default(scope) || is_openid(scope));
        if choice.scopes.len() < before {
            choice.notes.push(
                "`.default` asks for everything that the app registration lists; the other scopes were left out"
                    .to_owned(),
            );
        }
    }
    choice
}

impl ScopeChoice {
    fn add(&mut self, scope: &str) {
        let scope = match MISSPELT.iter().find(|(wrong, _)| short(scope).eq_ignore_ascii_case(wrong)) {
            Some((wrong, right)) => {
                let note = format!("`{wrong}` is a misspelling; `{right}` is asked for instead");
                if !self.notes.contains(&note) {
                    self.notes.push(note);
                }
                scope.replace(short(scope), right)
            }
            None => scope.to_owned(),
        };
        if !self.has(&scope) {
            self.scopes.push(scope);
        }
    }
    fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| same(known, scope))
    }
}

/// Returns the `scope` parameter for a signed-in user.
///
/// To what was chosen it adds `openid` and `profile`, because the id token is the only trustworthy source
/// of the tenant and the user, and a refresh must go to that tenant; and `offline_access`, because without
/// a refresh token the connection would end within the hour. None of them asks for data beyond what
/// `User.Read` shows.
///
/// In a national cloud a short name is written in full: there it would mean the global Graph.
///
/// ```
/// use graph_auth::{Cloud, scopes};
///
/// let scope = scopes::delegated(&["Mail.Read".to_owned()], Cloud::GccHigh);
/// assert_eq!(scope, "https://graph.microsoft.us/Mail.Read openid profile offline_access");
/// ```
pub fn delegated(chosen: &[String], cloud: Cloud) -> String {
    let mut scopes: Vec<String> = chosen.iter().map(|scope| spell(scope, cloud)).collect();
    for needed in ["openid", "profile", "offline_access"] {
        if !scopes.iter().any(|scope| same(scope, needed)) {
            scopes.push(needed.to_owned());
        }
    }
    scopes.join(" ")
}

/// Returns the `scope` parameter for a signed-in app: everything that it was granted on the cloud's Graph.
///
/// An app cannot choose among its permissions; see [the `.default` scope][1].
///
/// [1]: https://learn.microsoft.com/en-us/entra/identity-platform/scopes-oidc#the-default-scope
pub fn application(cloud: Cloud) -> String {
    cloud.default_scope()
}

/// Returns the chosen scopes in their long spelling, as an administrator consents to them.
pub(crate) fn in_full(chosen: &[String], cloud: Cloud) -> String {
    let full =
        |scope: &String| if is_openid(scope) { scope.clone() } else { format!("{}/{}", cloud.graph(), short(scope)) };
    chosen.iter().map(full).collect::<Vec<_>>().join(" ")
}

/// Returns whether two names are the same scope: in either spelling, ignoring case.
pub fn same(a: &str, b: &str) -> bool {
    graph_name(a).unwrap_or(a).eq_ignore_ascii_case(graph_name(b).unwrap_or(b))
}

/// Returns whether the scope requests everything that was granted.
pub(crate) fn is_default(scope: &str) -> bool {
    graph_name(scope).is_some_and(|name| name.eq_ignore_ascii_case(".default"))
}

/// Returns whether it is a scope of OpenID Connect, not of Graph.
pub fn is_openid(scope: &str) -> bool {
    OPENID.iter().any(|name| name.eq_ignore_ascii_case(scope))
}

/// Returns a Graph scope's short name; `None` when it belongs to another resource.
pub(crate) fn graph_name(scope: &str) -> Option<&str> {
    if !scope.contains("://") {
        return Some(scope);
    }
    let url = Url::parse(scope).ok()?;
    Cloud::is_any_graph(&address::origin(&url)).then(|| short(scope))
}

fn spell(scope: &str, cloud: Cloud) -> String {
    match graph_name(scope) {
        Some(name) if cloud != Cloud::Global && !is_openid(name) => format!("{}/{name}", cloud.graph()),
        _ => scope.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERMISSIONS: Permissions = Permissions::NONE
        .with_minimum(&["User.Read", "offline_access"])
        .with_default(&["Mail.Send", "User.Read", "offline_access"])
        .with_optional(&["Device.Read"]);

    fn own(scopes: &[&str]) -> ScopeChoice {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        choose(&PERMISSIONS, Some(&scopes))
    }

    #[test]
    fn the_default_only_when_nothing_was_chosen() {
        assert_eq!(choose(&PERMISSIONS, None).scopes, ["Mail.Send", "User.Read", "offline_access"]);
        assert_eq!(own(&[]).scopes, ["Mail.Send", "User.Read", "offline_access"]);
        assert_eq!(own(&["Device.Read"]).scopes, ["Device.Read", "User.Read", "offline_access"]);
    }

    #[test]
    fn both_spellings_are_one_scope() {
        let chosen = own(&[
            "https://graph.microsoft.com/user.read",
            "Mail.Send",
            "mail.send",
            "https://graph.microsoft.us/Mail.Send",
        ]);
        assert_eq!(chosen.scopes, ["https://graph.microsoft.com/user.read", "Mail.Send", "offline_access"]);
        assert!(!same("https://outlook.office.com/Mail.Send", "Mail.Send"));
    }

    #[test]
    fn misspelt_names_are_corrected_and_reported() {
        let chosen = own(&[
            "Directory.AcessAsUser.All",
            "https://graph.microsoft.com/GroupMember.ReadAll",
            "GroupMember.Read.All",
        ]);
        assert_eq!(
            chosen.scopes,
            [
                "Directory.AccessAsUser.All",
                "https://graph.microsoft.com/GroupMember.Read.All",
                "User.Read",
                "offline_access"
            ]
        );
        assert_eq!(chosen.notes.len(), 2);
        assert!(chosen.notes[0].contains("Directory.AccessAsUser.All"));
    }

    #[test]
    fn default_stands_alone() {
        let chosen = own(&["https://graph.microsoft.com/.default", "Mail.Send", "offline_access"]);
        assert_eq!(chosen.scopes, ["https://graph.microsoft.com/.default", "offline_access"]);
        assert_eq!(chosen.notes.len(), 1);
    }

    #[test]
    fn what_is_sent() {
        let chosen = own(&["Mail.Send"]).scopes;
        assert_eq!(delegated(&chosen, Cloud::Global), "Mail.Send User.Read offline_access openid profile");
        assert_eq!(
            delegated(&chosen, Cloud::GccHigh),
            "https://graph.microsoft.us/Mail.Send https://graph.microsoft.us/User.Read offline_access openid profile"
        );
        assert_eq!(application(Cloud::China), "https://microsoftgraph.chinacloudapi.cn/.default");
        assert_eq!(
            in_full(&chosen, Cloud::Global),
            "https://graph.microsoft.com/Mail.Send https://graph.microsoft.com/User.Read offline_access"
        );
    }
}
