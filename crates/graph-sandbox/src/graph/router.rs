//! Finds the route of a path.
//!
//! A pattern is segments with variables in braces. `@` at its beginning stands for `/me` and
//! `/users/{user}`; brackets hold alternatives, of which an empty one is a choice too:
//! `@/[|mailFolders/{folder}/]messages`. Literals go before variables and have no case.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::access::{self, Access};
use super::call::Call;
use super::collections::Served;
use super::fault::Fault;
use super::path::Path;
use super::reply::Outcome;
use super::routes;
use super::tenant::Tenant;
use super::types;

pub(crate) type Handler = fn(&mut Tenant, &Call<'_>) -> Outcome;

/// One thing that Graph does.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) pattern: Cow<'static, str>,
    pub(crate) run: Run,
}

/// What serves a route.
#[derive(Clone)]
pub(crate) enum Run {
    Handler(Handler),
    Collection(Served),
}

pub(crate) const fn route(method: &'static str, pattern: &'static str, run: Handler) -> Route {
    Route { method, pattern: Cow::Borrowed(pattern), run: Run::Handler(run) }
}

impl Route {
    /// Who may do it.
    pub(crate) fn access(&self) -> &Access {
        let taught = match &self.run {
            Run::Handler(_) => None,
            Run::Collection(served) => served.access(),
        };
        taught.unwrap_or_else(|| access::of(self.method, &self.pattern))
    }

    /// Does it.
    pub(crate) fn run(&self, tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
        match &self.run {
            Run::Handler(run) => run(tenant, call),
            Run::Collection(served) => served.serve(tenant, call),
        }
    }
}

/// The names and values of variables.
type Params<'r> = Vec<(&'r str, String)>;

/// A route and what the path says to it.
pub(crate) struct Found<'r> {
    pub(crate) route: &'r Route,
    pub(crate) params: Params<'r>,
    /// The parameters of a function, as in `search(q='x')`.
    pub(crate) arguments: Vec<(String, String)>,
}

/// Routes by their paths.
#[derive(Default)]
pub(crate) struct Router {
    routes: Vec<Route>,
    root: Node,
}

#[derive(Default)]
struct Node {
    literals: HashMap<String, Node>,
    variable: Option<Box<Node>>,
    leaves: Vec<Leaf>,
}

/// The end of a path for one method.
struct Leaf {
    method: &'static str,
    route: usize,
    /// The names of the variables on the way.
    names: Vec<String>,
}

/// Why a path has no route.
enum Missing {
    /// So many of the segments are known.
    Segment(usize),
    /// These methods are served.
    Method(Vec<&'static str>),
}

/// Actions that Graph has elsewhere, and certainly not for the items of these collections.
const ABSENT: [(&str, &str); 1] = [("contacts", "move")];

/// The routes that every sandbox has.
fn every() -> &'static Router {
    static EVERY: LazyLock<Router> = LazyLock::new(|| Router::new(routes::all()));
    &EVERY
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

impl Router {
    pub(crate) fn new(routes: impl Iterator<Item = Route>) -> Router {
        let mut router = Router::default();
        for route in routes {
            let at = router.routes.len();
            for pattern in expand(&route.pattern) {
                router.root.insert(&pattern, route.method, at);
            }
            router.routes.push(route);
        }
        router
    }

    fn lookup(&self, method: &str, segments: &[String]) -> Result<(&Route, Params<'_>), Missing> {
        let mut values = Vec::new();
        let node = self.root.find(segments, &mut values).map_err(Missing::Segment)?;
        match node.leaves.iter().find(|leaf| leaf.method == method) {
            Some(leaf) => Ok((&self.routes[leaf.route], leaf.names.iter().map(String::as_str).zip(values).collect())),
            None if node.leaves.is_empty() => Err(Missing::Segment(segments.len())),
            None => Err(Missing::Method(node.leaves.iter().map(|leaf| leaf.method).collect())),
        }
    }
}

impl Node {
    fn insert(&mut self, pattern: &str, method: &'static str, route: usize) {
        let (mut node, mut names) = (self, Vec::new());
        for segment in pattern.split('/').filter(|segment| !segment.is_empty()) {
            node = match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
                Some(name) => {
                    names.push(name.to_owned());
                    node.variable.get_or_insert_default()
                }
                None => node.literals.entry(segment.to_lowercase()).or_default(),
            };
        }
        node.leaves.push(Leaf { method, route, names });
    }

    /// The node at the end of `segments`, or how many of them were understood.
    fn find(&self, segments: &[String], values: &mut Vec<String>) -> Result<&Node, usize> {
        let Some((first, rest)) = segments.split_first() else { return Ok(self) };
        let mut deepest = 0;
        let lower = first.to_lowercase();
        if let Some(next) = self.literals.get(&lower) {
            match next.find(rest, values) {
                Ok(node) => return Ok(node),
                Err(depth) => deepest = depth + 1,
            }
        }
        if let Some(next) = &self.variable {
            values.push(first.clone());
            match next.find(rest, values) {
                Ok(node) => return Ok(node),
                Err(depth) => deepest = deepest.max(depth + 1),
            }
            values.pop();
        }
        Err(deepest)
    }
}

/// Finds the route for a path below the version, among those that `taught` adds first.
///
/// # Errors
/// 400 for a segment that Graph does not have there, 501 for one that only the sandbox does not have, 405 for a method
/// that it does not serve there.
pub(crate) fn find<'r>(taught: &'r Router, method: &str, path: &str) -> Result<Found<'r>, Fault> {
    let Path { segments, drive_path, arguments } = Path::read(path)?;
    let found = taught.lookup(method, &segments).or_else(|added| {
        every().lookup(method, &segments).map_err(|missing| match (added, missing) {
            (Missing::Method(mut methods), Missing::Method(more)) => {
                methods.extend(more);
                Missing::Method(methods)
            }
            (Missing::Method(methods), _) | (_, Missing::Method(methods)) => Missing::Method(methods),
            (Missing::Segment(one), Missing::Segment(other)) => Missing::Segment(one.max(other)),
        })
    });
    let (route, mut params) = found.map_err(|missing| match missing {
        Missing::Method(methods) => Fault::unserved_method(method, path, &methods),
        Missing::Segment(depth) => {
            let segment = segments.get(depth).or(segments.last()).map_or(path, String::as_str);
            let is_absent = |(collection, action): &(&str, &str)| {
                segment == *action && depth > 1 && segments[depth - 2].eq_ignore_ascii_case(collection)
            };
            // Functions stand in parentheses and actions are posted to, and the tables have neither.
            let is_property = method == "GET" && !path.contains('(') && depth < segments.len();
            if ABSENT.iter().any(is_absent) || is_property && types::is_unknown(&segments[..depth], segment) {
                Fault::segment(segment)
            } else {
                Fault::unserved(segment)
            }
        }
    })?;
    params.extend(drive_path.map(|path| ("path", path)));
    Ok(Found { route, params, arguments })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(path: &str) -> Vec<(&'static str, String)> {
        static NONE: LazyLock<Router> = LazyLock::new(Router::default);
        find(&NONE, "GET", path).unwrap_or_else(|fault| panic!("{path}: {}", fault.message)).params
    }

    #[test]
    fn paths_find_their_routes_in_each_spelling() {
        assert_eq!(params("/me/messages/x%3D"), [("message", "x=".to_owned())]);
        assert_eq!(params("/ME/MailFolders('inbox')/messages"), [("folder", "inbox".to_owned())]);
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
        let none = Router::default();
        let refused = |method: &str, path: &str| find(&none, method, path).map(|_| ()).unwrap_err();
        assert_eq!(refused("GET", "/me/mesages").message, "Resource not found for the segment 'mesages'.");
        assert_eq!(refused("GET", "/me/messages/a%2Fb").message, "Resource not found for the segment 'b'.");
        for dollar in ["/users/$adele@contoso.example", "/users/%24adele@contoso.example/messages"] {
            assert!(refused("GET", dollar).message.contains("'users' refers to a collection"), "{dollar}");
        }
        assert!(find(&none, "GET", "/users/$count").is_ok());
        assert_eq!(refused("PUT", "/me/messages").status, 405);
    }

    #[test]
    fn what_only_the_sandbox_does_not_have_says_so() {
        let none = Router::default();
        for (method, path, segment) in [
            ("GET", "/planner/tasks", "planner"),
            ("POST", "/planner/tasks", "planner"),
            ("GET", "/me/planner", "planner"),
            ("POST", "/me/exportPersonalData", "exportPersonalData"),
            ("GET", "/me/getManagedAppPolicies()", "getManagedAppPolicies"),
            ("GET", "/reports/getEmailActivityCounts(period='D7')", "reports"),
            ("GET", "/roleManagement/entitlementManagement", "entitlementManagement"),
            ("GET", "/roleManagement", "roleManagement"),
            ("GET", "/sites/root/termStore", "termStore"),
        ] {
            let Err(fault) = find(&none, method, path) else { panic!("{path} is served") };
            assert_eq!((fault.status, fault.code.as_ref()), (501, "sandboxNotServed"), "{path}");
            assert!(fault.message.contains(&format!("does not serve '{segment}'")), "{path}: {}", fault.message);
        }
    }
}
