//! Who may do what: permissions by route.
//!
//! The table beside this file, `access.table`, has them; its head says how it is written. A new route needs a line
//! there.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::fault::{Fault, Service};
use crate::caller::Caller;

const TABLE: &str = include_str!("access.table");

/// Permissions of which any one suffices.
pub(crate) struct Access {
    pub(crate) service: Service,
    /// A signed-in user in their own data.
    own: Vec<&'static str>,
    /// A signed-in user in anybody's data, or in the tenant's.
    any: Vec<&'static str>,
    /// An app.
    app: Vec<&'static str>,
}

impl Access {
    pub(crate) fn new(
        service: Service,
        own: Vec<&'static str>,
        any: Vec<&'static str>,
        app: Vec<&'static str>,
    ) -> Access {
        Access { service, own, any, app }
    }

    /// Whether the caller may; `own` if the path lies in the caller's own data.
    ///
    /// # Errors
    /// 403, worded by the service.
    pub(crate) fn check(&self, caller: &Caller, own: bool) -> Result<(), Fault> {
        let has = |list: &[&str]| list.iter().any(|all| *all == "*" || all.split('+').all(|scope| caller.has(scope)));
        let may = match &caller.user {
            None => has(&self.app),
            Some(_) => has(&self.any) || (own && has(&self.own)),
        };
        if may { Ok(()) } else { Err(Fault::denied(self.service)) }
    }
}

/// What a route takes, or what is special about a resource: `WATCH messages`.
///
/// # Panics
/// When the table does not have it, which a test finds.
pub(crate) fn of(method: &str, pattern: &str) -> &'static Access {
    let (at, rows): (&HashMap<(&str, &str), usize>, _) = table();
    at.get(&(method, pattern))
        .map_or_else(|| panic!("access.table has no line `{method} {pattern}`"), |row| &rows[*row])
}

type Lines = HashMap<(&'static str, &'static str), usize>;

fn table() -> (&'static Lines, &'static [Access]) {
    static READ: OnceLock<(Lines, Vec<Access>)> = OnceLock::new();
    let (lines, rows) = READ.get_or_init(read);
    (lines, rows)
}

fn read() -> (Lines, Vec<Access>) {
    let (mut lines, mut rows) = (Lines::new(), Vec::<Access>::new());
    // The list that a line goes on with which begins with a space.
    let mut list = "";
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            rows.push(Access { service: service(name), own: Vec::new(), any: Vec::new(), app: Vec::new() });
            continue;
        }
        let last =
            rows.len().checked_sub(1).unwrap_or_else(|| panic!("access.table begins without a service: `{line}`"));
        let names = match line.split_once(": ") {
            Some((name, names)) => {
                list = name;
                names
            }
            None if line.starts_with(' ') => line,
            None => {
                let at =
                    line.split_once(' ').unwrap_or_else(|| panic!("access.table has a line that is none: `{line}`"));
                assert!(lines.insert(at, last).is_none(), "access.table has two lines `{line}`");
                continue;
            }
        };
        let row = &mut rows[last];
        match list {
            "own" => row.own.extend(names.split_whitespace()),
            "any" => row.any.extend(names.split_whitespace()),
            "app" => row.app.extend(names.split_whitespace()),
            other => panic!("access.table has a list `{other}`"),
        }
    }
    (lines, rows)
}

fn service(name: &str) -> Service {
    match name {
        "outlook" => Service::Outlook,
        "directory" => Service::Directory,
        "drive" => Service::Drive,
        "teams" => Service::Teams,
        "intune" => Service::Intune,
        other => panic!("access.table has a service `{other}`"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::graph::routes;

    #[test]
    fn every_route_has_a_line_and_every_line_a_route() {
        let is_route = |method: &str| matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE");
        let lines: BTreeSet<_> = table().0.keys().copied().filter(|(method, _)| is_route(method)).collect();
        let routes: Vec<_> = routes::all().collect();
        let known: BTreeSet<_> = routes.iter().map(|route| (route.method, route.pattern.as_ref())).collect();
        assert_eq!(lines.difference(&known).collect::<Vec<_>>(), [] as [&_; 0]);
        assert_eq!(known.difference(&lines).collect::<Vec<_>>(), [] as [&_; 0]);
    }

    #[test]
    fn some_permissions_count_together_only() {
        let caller = |scopes: &[&str]| Caller {
            user: None,
            app_id: String::new(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        };
        let ask = |scopes: &[&str]| of("POST", "@/checkMemberGroups").check(&caller(scopes), false).is_ok();
        assert!(ask(&["Directory.Read.All"]) && ask(&["User.ReadBasic.All", "GroupMember.Read.All"]));
        assert!(!ask(&["User.ReadBasic.All"]) && !ask(&["GroupMember.Read.All"]));
    }
}
