//! The throttling limits that a request counts against.

use connector_sdk::{FNV1A, fnv1a};

use crate::Session;

/// Scope of a throttling limit: an app's calls to a mailbox, or to one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LimitScope {
    /// Hash that identifies it. Two scopes that collide share a limit, which slows them down and does no harm.
    pub(crate) key: u64,
    /// Scope that contains it: all calls of the app to Graph, which have a limit of their own. A host that is not Graph
    /// has none.
    pub(crate) app: Option<u64>,
    /// Maximum number of calls in flight, where it is known.
    pub(crate) slots: Option<u32>,
    /// Number of slots that this call takes.
    pub(crate) weight: u32,
}

/// Maximum number of concurrent requests to one mailbox, for each app; see [the limits of Outlook][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/throttling-limits#outlook-service-limits
pub(crate) const MAILBOX_SLOTS: u32 = 4;

// What is served by Outlook below `/me` and `/users/{user}`.
const OUTLOOK: [&str; 19] = [
    "messages",
    "mailfolders",
    "sendmail",
    "events",
    "event",
    "calendar",
    "calendars",
    "calendargroups",
    "calendarview",
    "contacts",
    "contactfolders",
    "outlook",
    "mailboxsettings",
    "getmailtips",
    "findmeetingtimes",
    "inferenceclassification",
    "translateexchangeids",
    "reminderview",
    "people",
];

impl LimitScope {
    /// Returns the scope of a path below the API version, such as `/users/adele@contoso.com/messages`.
    pub(crate) fn of(session: &Session, path: &str) -> LimitScope {
        let app = hash(FNV1A, &session.app);
        let within = |kind, name| hash(hash(app, kind), name);
        let mut segments = Segments(path);
        let first = segments.next().unwrap_or_default();
        let (kind, key) = function(first);
        let person = match key {
            // `/users('adele@contoso.com')`, as Graph writes its links.
            Some(key) if kind.eq_ignore_ascii_case("users") => Some(key),
            _ if first.eq_ignore_ascii_case("users") => segments.next(),
            _ if first.eq_ignore_ascii_case("me") => Some("me"),
            _ => None,
        };
        if let (Some(person), Some(next)) = (person, segments.next())
            && is_outlook(function(next).0)
        {
            let key = match (person, &*session.mailbox) {
                ("me", []) => hash(within("me", &session.connection), "mailbox"),
                (person, [name, ..]) if is_own(session, person) => within("mailbox", name),
                (person, _) => within("mailbox", person),
            };
            return LimitScope { key, app: Some(app), slots: Some(MAILBOX_SLOTS), weight: 1 };
        }
        LimitScope { key: within("service", kind), app: Some(app), slots: None, weight: 1 }
    }

    /// Returns the scope of a host that is not Graph.
    pub(crate) fn of_host(connection: &str, host: &str) -> LimitScope {
        LimitScope { key: hash(hash(hash(FNV1A, connection), "host"), host), app: None, slots: None, weight: 1 }
    }
}

/// Returns whether a name is one of the signed-in user's mailbox.
fn is_own(session: &Session, name: &str) -> bool {
    name.eq_ignore_ascii_case("me") || session.mailbox.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// Iterator over the segments of a path that are not empty. `str::split` prepares a search that is longer than most
/// paths.
struct Segments<'a>(&'a str);

impl<'a> Iterator for Segments<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_start_matches('/');
        let end = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
        let (segment, rest) = rest.split_at(end);
        self.0 = rest;
        (!segment.is_empty()).then_some(segment)
    }
}

// `name('key')` and its parts.
fn function(segment: &str) -> (&str, Option<&str>) {
    match segment.bytes().position(|byte| byte == b'(') {
        Some(at) => (&segment[..at], Some(segment[at + 1..].trim_end_matches(')').trim_matches('\''))),
        None => (segment, None),
    }
}

fn is_outlook(segment: &str) -> bool {
    let segment = segment.strip_prefix("microsoft.graph.").unwrap_or(segment);
    OUTLOOK.iter().any(|known| known.eq_ignore_ascii_case(segment))
}

// A few cycles a letter. Addresses and names of segments mean the same in either case.
fn hash(before: u64, name: &str) -> u64 {
    let letters = name.bytes().map(|byte| byte.to_ascii_lowercase()).chain([0]);
    letters.fold(before, |hash, byte| fnv1a(hash, &[byte]))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use connector_sdk::{Error, Result};

    use super::*;
    use crate::{Endpoint, Token, TokenRequest, Tokens};

    struct NoTokens;

    #[async_trait::async_trait]
    impl Tokens for NoTokens {
        async fn token(&self, _: TokenRequest<'_>) -> Result<Token> {
            Err(Error::bug("nothing is sent"))
        }
    }

    fn on(connection: &str) -> Session {
        Session::new(connection, Endpoint::new("https://graph.microsoft.com").unwrap(), Arc::new(NoTokens))
    }

    #[test]
    fn mailboxes_and_services() {
        let of = |path: &str| LimitScope::of(&on("c"), path);
        let adele = of("/users/adele@contoso.com/messages/AAMk");
        assert_eq!(adele.slots, Some(4));
        for same in [
            "/users/Adele@contoso.com/sendMail",
            "/users('adele@contoso.com')/mailFolders('inbox')/messages",
            "/users/adele@contoso.com/calendarView",
            "/users/adele@contoso.com/microsoft.graph.getMailTips",
        ] {
            assert_eq!(of(same), adele, "{same}");
        }
        let dollar = of("/users('$adele@contoso.com')/messages");
        assert_eq!((dollar.slots, of("/users('$Adele@contoso.com')/events/1")), (Some(4), dollar));
        assert_eq!(of("/users('$o''neil@contoso.com')/messages").slots, Some(4));
        assert_eq!(of("/me/events"), of("/me/messages"));
        for other in ["/users/alex@contoso.com/messages", "/me/messages"] {
            assert_ne!(of(other).key, adele.key, "{other}");
        }
        assert_ne!(LimitScope::of(&on("d"), "/me/messages").key, of("/me/messages").key);
        assert!(adele.app.is_some() && of("/groups").app == adele.app);
        assert_ne!(LimitScope::of(&on("d"), "/me/messages").app, adele.app);
        assert_eq!(LimitScope::of_host("c", "files.example").app, None);
        for service in
            ["/users/adele@contoso.com", "/users/adele@contoso.com/drive/root", "/users", "/users('x')/manager"]
        {
            assert_eq!(of(service), of("/users/delta"), "{service}");
        }
        assert_eq!((of("/me").slots, of("/").slots, of("/groups/g/members").slots), (None, None, None));
        assert_ne!(of("/groups/g").key, of("/users/g").key);
    }

    #[test]
    fn one_mailbox_of_one_app_has_one_scope_whoever_is_connected() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Arc<[String]>>();
        let adele = |connection: &str| Session {
            app: "app/contoso".into(),
            mailbox: names(&["adele@contoso.com", "2f1b"]),
            ..on(connection)
        };
        let own = LimitScope::of(&adele("c"), "/me/messages");
        for path in ["/users/Adele@contoso.com/events", "/users('2F1B')/messages", "/Me/sendMail", "/users/me/events"] {
            assert_eq!(LimitScope::of(&adele("d"), path), own, "{path}");
        }
        // The app itself, without a user.
        let app = Session { app: "app/contoso".into(), ..on("e") };
        assert_eq!(LimitScope::of(&app, "/users/adele@contoso.com/messages"), own);
        // Another user of the same app.
        let alex = Session { mailbox: names(&["alex@contoso.com"]), ..adele("f") };
        assert_ne!(LimitScope::of(&alex, "/me/messages"), own);
        assert_eq!(LimitScope::of(&alex, "/me/messages").app, own.app);
        // Users who are not known are not one.
        let unknown =
            |connection| LimitScope::of(&Session { app: "app/contoso".into(), ..on(connection) }, "/me/messages");
        assert_ne!(unknown("g").key, unknown("h").key);
        // Another app has limits of its own.
        assert_ne!(LimitScope::of(&Session { app: "other/contoso".into(), ..adele("c") }, "/me/messages").key, own.key);
    }
}
