//! Finds the route of a path.
//!
//! A pattern is segments with variables in braces. `@` at its beginning stands for `/me` and
//! `/users/{user}`; brackets hold alternatives, of which an empty one is a choice too:
//! `@/[|mailFolders/{folder}/]messages`. Literals go before variables and have no case.

use std::collections::HashMap;
use std::sync::OnceLock;

use percent_encoding::percent_decode_str;

use super::access::{self, Access};
use super::call::Call;
use super::fault::Fault;
use super::reply::Outcome;
use super::routes;
use super::tenant::Tenant;
use super::types;

pub(crate) type Handler = fn(&mut Tenant, &Call<'_>) -> Outcome;

/// One thing that Graph does.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) pattern: &'static str,
    pub(crate) run: Handler,
}

pub(crate) const fn route(method: &'static str, pattern: &'static str, run: Handler) -> Route {
    Route { method, pattern, run }
}

impl Route {
    /// Who may do it.
    pub(crate) fn access(&self) -> &'static Access {
        access::of(self.method, self.pattern)
    }
}

/// A route and what the path says to it.
pub(crate) struct Found {
    pub(crate) route: &'static Route,
    pub(crate) params: Vec<(&'static str, String)>,
    /// The parameters of a function, as in `search(q='x')`.
    pub(crate) arguments: Vec<(String, String)>,
}

#[derive(Default)]
struct Node {
    literals: HashMap<String, Node>,
    variable: Option<(&'static str, Box<Node>)>,
    methods: Vec<(&'static str, &'static Route)>,
}

fn root() -> &'static Node {
    static ROOT: OnceLock<Node> = OnceLock::new();
    ROOT.get_or_init(|| {
        let mut root = Node::default();
        for route in routes::all() {
            for pattern in expand(route.pattern) {
                root.insert(&pattern, route);
            }
        }
        root
    })
}

/// All paths that a pattern stands for.
fn expand(pattern: &str) -> Vec<String> {
    if let Some(rest) = pattern.strip_prefix('@') {
        return expand(&format!("/me{rest}")).into_iter().chain(expand(&format!("/users/{{user}}{rest}"))).collect();
    }
    match pattern
        .split_once('[')
        .and_then(|(before, rest)| rest.split_once(']').map(|(choices, after)| (before, choices, after)))
    {
        Some((before, choices, after)) => {
            choices.split('|').flat_map(|choice| expand(&format!("{before}{choice}{after}"))).collect()
        }
        None => vec![pattern.to_owned()],
    }
}

impl Node {
    fn insert(&mut self, pattern: &str, route: &'static Route) {
        let mut node = self;
        for segment in pattern.split('/').filter(|segment| !segment.is_empty()) {
            node = match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
                Some(name) => {
                    let (_, next) = node.variable.get_or_insert_with(|| (intern(name), Box::default()));
                    next
                }
                None => node.literals.entry(segment.to_lowercase()).or_default(),
            };
        }
        node.methods.push((route.method, route));
    }

    /// The node at the end of `segments`, or how many of them were understood.
    fn find(
        &'static self,
        segments: &[String],
        params: &mut Vec<(&'static str, String)>,
    ) -> Result<&'static Node, usize> {
        let Some((first, rest)) = segments.split_first() else { return Ok(self) };
        let mut deepest = 0;
        let lower = first.to_lowercase();
        if let Some(next) = self.literals.get(&lower) {
            match next.find(rest, params) {
                Ok(node) => return Ok(node),
                Err(depth) => deepest = depth + 1,
            }
        }
        if let Some((name, next)) = &self.variable {
            params.push((name, first.clone()));
            match next.find(rest, params) {
                Ok(node) => return Ok(node),
                Err(depth) => deepest = deepest.max(depth + 1),
            }
            params.pop();
        }
        Err(deepest)
    }
}

/// The names of variables are few and known when the sandbox starts.
fn intern(name: &str) -> &'static str {
    const NAMES: &[&str] = &[
        "calendarGroup",
        "permission",
        "user",
        "group",
        "object",
        "folder",
        "child",
        "message",
        "attachment",
        "calendar",
        "event",
        "contactFolder",
        "contact",
        "drive",
        "item",
        "name",
        "sku",
        "organization",
        "domain",
        "property",
        "other",
        "rule",
        "category",
        "override",
        "subscription",
        "size",
        "team",
        "channel",
        "chat",
        "version",
        "share",
        "thread",
        "post",
        "device",
        "mailbox",
        "worksheet",
        "table",
        "meeting",
        "transcript",
        "recording",
        "report",
        "site",
        "list",
    ];
    NAMES
        .iter()
        .copied()
        .find(|known| *known == name)
        .unwrap_or_else(|| panic!("the variable {name} is not in the list"))
}

/// Finds the route for a path below the version.
///
/// # Errors
/// 400 for a segment that Graph does not have there, 501 for one that only the sandbox does not have, 405 for a method
/// that it does not have there.
pub(crate) fn find(method: &str, path: &str) -> Result<Found, Fault> {
    let Segments { segments, drive_path, arguments } = Segments::read(path)?;
    let mut params = Vec::new();
    let node = root().find(&segments, &mut params).map_err(|depth| match segments.get(depth) {
        // Graph has it, so it would be wrong to say that it does not exist.
        Some(segment) if depth > 0 && types::anywhere(segment) => Fault::unserved(segment),
        Some(segment) => Fault::segment(segment),
        None => Fault::segment(path),
    })?;
    if node.methods.is_empty() {
        return Err(Fault::segment(segments.last().map_or(path, String::as_str)));
    }
    let route =
        node.methods.iter().find(|(known, _)| *known == method).map(|(_, route)| *route).ok_or_else(Fault::method)?;
    params.extend(drive_path.map(|path| ("path", path)));
    Ok(Found { route, params, arguments })
}

/// The segments of a path below the version, in the plainest of their spellings.
///
/// # Errors
/// As [`find`].
pub(crate) fn segments(path: &str) -> Result<Vec<String>, Fault> {
    Segments::read(path).map(|path| path.segments)
}

/// A path, taken apart.
#[derive(Default)]
struct Segments {
    /// Decoded, in the plainest of the spellings that OData has for them.
    segments: Vec<String>,
    /// The path of a drive item or a site, which stands between colons.
    drive_path: Option<String>,
    arguments: Vec<(String, String)>,
}

impl Segments {
    fn read(path: &str) -> Result<Segments, Fault> {
        let mut out = Segments::default();
        let mut drive_path: Option<Vec<String>> = None;
        let mut within = false;
        for raw in path.split('/').filter(|segment| !segment.is_empty()) {
            let segment = percent_decode_str(raw).decode_utf8().map_err(|_| Fault::segment(raw))?.into_owned();
            if within {
                let end = segment.strip_suffix(':');
                within = end.is_none();
                drive_path.get_or_insert_default().push(end.unwrap_or(&segment).to_owned());
            } else if let Some(before) = segment.strip_suffix(':').filter(|_| out.goes_by_names()) {
                out.segments.push(before.to_owned());
                drive_path = Some(Vec::new());
                within = true;
            } else {
                // A slash that was encoded is decoded before Graph routes.
                for segment in segment.split('/').filter(|segment| !segment.is_empty()) {
                    out.check_name(segment)?;
                    out.plain(segment);
                }
            }
        }
        out.drive_path =
            drive_path.map(|path| path.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"));
        Ok(out)
    }

    /// Whether names may follow, between colons: of folders in a drive, or the address of a site.
    fn goes_by_names(&self) -> bool {
        let in_sites = matches!(self.segments.as_slice(), [only] if only.eq_ignore_ascii_case("sites"));
        in_sites || self.segments.iter().any(|known| is_drive(known))
    }

    /// A segment behind a collection that begins with a dollar sign is an option of OData, and no name: whoever is
    /// called so is found in parentheses only ([Get a user](https://learn.microsoft.com/en-us/graph/api/user-get),
    /// Tip).
    fn check_name(&self, segment: &str) -> Result<(), Fault> {
        let collection = matches!(self.segments.as_slice(), [only] if ["users", "groups"].iter().any(|name| only.eq_ignore_ascii_case(name)));
        if !collection || !segment.starts_with('$') || segment.eq_ignore_ascii_case("$count") {
            return Ok(());
        }
        Err(Fault::bad(format!(
            "The request URI is not valid. Since the segment '{}' refers to a collection, this must be the last segment in the request URI or it \
             must be followed by an function or action that can be bound to it otherwise all intermediate segments must refer to a single resource.",
            self.segments[0]
        )))
    }

    /// `users('x')` is `users/x`, `delta()` and `microsoft.graph.delta` are `delta`; a cast stays.
    fn plain(&mut self, segment: &str) {
        let Some((name, key)) =
            segment.split_once('(').and_then(|(name, rest)| rest.strip_suffix(')').map(|key| (name, key)))
        else {
            let bare = segment.strip_prefix("microsoft.graph.").filter(|bare| types::find(bare).is_none());
            return self.segments.push(bare.unwrap_or(segment).to_owned());
        };
        self.plain(name);
        let quoted = |text: &str| {
            text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).map(|text| text.replace("''", "'"))
        };
        match (quoted(key), key.contains('=')) {
            (Some(key), _) => self.segments.push(key),
            (None, true) => {
                for (name, value) in arguments(key) {
                    self.arguments.push((name.to_owned(), quoted(value).unwrap_or_else(|| value.to_owned())));
                }
            }
            (None, false) if !key.is_empty() => self.segments.push(key.to_owned()),
            (None, false) => {}
        }
    }
}

/// The arguments of a function: separated by commas that do not stand in quotes.
fn arguments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut quoted = false;
    let parts = text.split(move |letter| {
        quoted ^= letter == '\'';
        letter == ',' && !quoted
    });
    parts.filter_map(|part| part.split_once('='))
}

fn is_drive(segment: &str) -> bool {
    segment.eq_ignore_ascii_case("drive") || segment.eq_ignore_ascii_case("drives")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(path: &str) -> Vec<(&'static str, String)> {
        find("GET", path).unwrap_or_else(|fault| panic!("{path}: {}", fault.message)).params
    }

    #[test]
    fn paths_find_their_routes_in_each_spelling() {
        assert_eq!(params("/me/messages/x%3D"), [("message", "x=".to_owned())]);
        assert_eq!(params("/ME/MailFolders('inbox')/messages"), [("folder", "inbox".to_owned())]);
        assert_eq!(arguments("a='x,y',b=2").collect::<Vec<_>>(), [("a", "'x,y'"), ("b", "2")]);
        assert_eq!(params("/users/delta()"), []);
        assert_eq!(params("/users/microsoft.graph.delta"), []);
        assert_eq!(params("/users('adele@contoso.example')/messages/y")[0].1, "adele@contoso.example");
        assert_eq!(params("/users('$o''neil@contoso.example')/messages")[0].1, "$o'neil@contoso.example");
        assert_eq!(params("/users(%27%24adele@contoso.example%27)")[0].1, "$adele@contoso.example");
        assert_eq!(
            params("/groups('02bd9fd6-8f93-4758-87c3-1fb73740a315')/members")[0].1,
            "02bd9fd6-8f93-4758-87c3-1fb73740a315"
        );
        assert_eq!(params("/me/drive/root:/a%20b/c.txt:/children"), [("path", "a b/c.txt".to_owned())]);
        assert_eq!(params("/me/drive/root:/a/c.txt"), [("path", "a/c.txt".to_owned())]);
        let site = [("site", "c.example".to_owned()), ("path", "sites/a b".to_owned())];
        assert_eq!(params("/sites/c.example:/sites/a%20b"), site);
        assert_eq!(params("/sites/c.example:/sites/a%20b:/lists"), site);
    }

    #[test]
    fn what_graph_does_not_have_is_refused() {
        let refused = |method: &str, path: &str| find(method, path).map(|_| ()).unwrap_err();
        assert_eq!(refused("GET", "/me/mesages").message, "Resource not found for the segment 'mesages'.");
        assert_eq!(refused("GET", "/me/messages/a%2Fb").message, "Resource not found for the segment 'b'.");
        for dollar in ["/users/$adele@contoso.example", "/users/%24adele@contoso.example/messages"] {
            assert!(refused("GET", dollar).message.contains("'users' refers to a collection"), "{dollar}");
        }
        assert!(find("GET", "/users/$count").is_ok());
        assert_eq!(refused("GET", "/nothing").status, 400);
        assert_eq!(refused("PUT", "/me/messages").status, 405);
        assert_eq!(refused("GET", "/me/planner").status, 501);
    }
}
