//! The sandbox's table of permissions: it refuses what Graph refuses, and no more.

use std::collections::BTreeMap;

use graph_metadata::{Scheme, Table, implies};

use super::finding;
use super::report::Finding;
use crate::Result;
use crate::checkout::Checkout;

/// Where the table is.
const TABLE: &str = "crates/graph-sandbox/src/graph/access.table";

/// Lists of permissions, by who is signed in: `own`, `any`, `app`.
type Lists<'t> = BTreeMap<&'t str, Vec<&'t str>>;

/// Holds the table of a checkout against Microsoft's: how many routes it has that are there too, and what is wrong.
///
/// # Errors
/// When the table cannot be read.
pub fn check(table: &Table, checkout: &Checkout) -> Result<(usize, Vec<Finding>)> {
    let (held, findings) = check_text(table, &checkout.read(TABLE)?);
    if held == 0 {
        return Err(format!("{TABLE} has no route that Microsoft's table has").into());
    }
    Ok((held, findings))
}

/// Holds a text against Microsoft's table.
pub fn check_text(table: &Table, text: &str) -> (usize, Vec<Finding>) {
    let (mut held, mut findings) = (0, Vec::new());
    for (lists, routes) in blocks(text) {
        for (method, pattern) in routes {
            let mut say = |message: String| findings.push(finding(TABLE, "", format!("{method} {pattern}: {message}")));
            held += usize::from(of_route(table, &lists, method, pattern, &mut say));
        }
    }
    (held, findings)
}

// The blocks of the table: the lists, and the routes that take them.
fn blocks(text: &str) -> Vec<(Lists<'_>, Vec<(&str, &str)>)> {
    let mut all: Vec<(Lists<'_>, Vec<(&str, &str)>)> = Vec::new();
    let mut list = "";
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with('[') && line.ends_with(']') && !line.contains(' ') {
            all.push(Default::default());
            continue;
        }
        let Some((lists, routes)) = all.last_mut() else { continue };
        if let Some((name, names)) = line.split_once(": ") {
            list = name;
            lists.entry(list).or_default().extend(names.split_whitespace());
        } else if line.starts_with(' ') {
            lists.entry(list).or_default().extend(line.split_whitespace());
        } else if let Some(route) = line.split_once(' ') {
            routes.push(route);
        }
    }
    all
}

// Whether Microsoft's table has it.
fn of_route(table: &Table, lists: &Lists<'_>, method: &str, pattern: &str, say: &mut dyn FnMut(String)) -> bool {
    let rows: Vec<_> = expand(pattern).into_iter().filter_map(|path| Some((table.row(method, &path)?, path))).collect();
    let of = |scheme, is_own: bool| -> Vec<_> {
        let is_me = |path: &str| path == "/me" || path.starts_with("/me/");
        let some = |wanted: bool| {
            rows.iter().filter(move |(_, path)| is_me(path) == wanted).map(|(row, _)| table.permissions(row, scheme))
        };
        let found: Vec<_> = some(is_own).collect();
        if found.is_empty() { some(!is_own).collect() } else { found }
    };
    for (name, scheme, is_own) in [
        ("own", Scheme::DelegatedWork, true),
        ("any", Scheme::DelegatedWork, false),
        ("app", Scheme::Application, false),
    ] {
        let Some(names) = lists.get(name).filter(|names| !names.contains(&"*")) else { continue };
        let rows = of(scheme, is_own);
        if rows.is_empty() {
            continue;
        }
        let suffices = |name: &str| {
            rows.iter()
                .flatten()
                .any(|known| known.name == name || known.name == plain(name) || implies(plain(name), known.name))
        };
        for wrong in names.iter().flat_map(|all| all.split('+')).filter(|name| !suffices(name)) {
            say(format!("`{wrong}` does not suffice ({name})"));
        }
        // Who is signed in reaches their own data by their name too, so the least of a row may be in either list.
        let taken = |name: &str| {
            ["own", "any"]
                .iter()
                .filter(|_| scheme == Scheme::DelegatedWork)
                .chain(["app"].iter().filter(|_| scheme == Scheme::Application))
                .any(|list| {
                    lists
                        .get(list)
                        .into_iter()
                        .flatten()
                        .flat_map(|all| all.split('+'))
                        .any(|known| plain(known) == name || known == name)
                })
        };
        for row in &rows {
            let least: Vec<&str> = row.iter().filter(|known| known.least).map(|known| known.name).collect();
            if !least.is_empty() && !least.iter().any(|name| taken(name)) {
                say(format!("the least privileged is {}, and is refused ({name})", least.join(", ")));
            }
        }
    }
    !rows.is_empty()
}

// A permission for what others shared needs the same right as the plain one.
fn plain(name: &str) -> &str {
    name.strip_suffix(".Shared").unwrap_or(name)
}

// All paths that a pattern stands for, as the sandbox's router has it.
fn expand(pattern: &str) -> Vec<String> {
    if let Some(rest) = pattern.strip_prefix('@') {
        return [format!("/me{rest}"), format!("/users/{{user}}{rest}")]
            .iter()
            .flat_map(|pattern| expand(pattern))
            .collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_table_has_wrong_is_found() {
        let text = r#"{ "permissions": {
            "Mail.Read": { "authorizationType": "oAuth2", "pathSets": [{ "schemeKeys": ["DelegatedWork", "Application"], "methods": ["GET"],
                "paths": { "/me/messages": "least=DelegatedWork", "/users/{id}/messages": "least=DelegatedWork,Application" } }] },
            "Mail.Send": { "authorizationType": "oAuth2", "pathSets": [] } } }"#;
        let table = Table::from_json(text).unwrap();
        let check = |lists: &str| check_text(&table, &format!("[outlook]\n{lists}\nGET @/messages\nPOST @/other\n"));
        assert_eq!(check("own: Mail.Read Mail.ReadWrite\nany: Mail.Read.Shared\napp: Mail.Read"), (1, vec![]));
        for (lists, message) in [
            ("own: Mail.Read Mail.Send", "`Mail.Send` does not suffice (own)"),
            ("own: Mail.Read\napp: Mail.ReadWrite", "is refused (app)"),
            ("own: Mail.Read+Mail.Send", "`Mail.Send` does not suffice"),
        ] {
            let (_, findings) = check(lists);
            assert!(findings.len() == 1 && findings[0].message.contains(message), "{lists}: {findings:?}");
        }
    }
}
