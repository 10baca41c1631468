//! Permissions that requests need, by Microsoft's table.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::cache::Unreadable;
use crate::resolve::{Segments, call};

/// Kind of signed-in principal that permissions are looked up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scheme {
    /// A user with a work or school account.
    DelegatedWork,
    /// A user with a personal account.
    DelegatedPersonal,
    /// An app.
    Application,
}

impl Scheme {
    fn read(name: &str) -> Option<Scheme> {
        match name {
            "DelegatedWork" => Some(Scheme::DelegatedWork),
            "DelegatedPersonal" => Some(Scheme::DelegatedPersonal),
            "Application" => Some(Scheme::Application),
            _ => None,
        }
    }
}

/// A permission that suffices.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission<'t> {
    /// Name of the permission.
    pub name: &'t str,
    /// Whether the table says that it is the least.
    pub least: bool,
}

/// The permissions of one method of one path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    // By scheme: indices into the names, and whether it is the least.
    by_scheme: BTreeMap<Scheme, BTreeMap<u16, bool>>,
}

/// The permissions table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    names: Vec<String>,
    root: Node,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Node {
    below: BTreeMap<String, Node>,
    // What stands for any id.
    any: Option<Box<Node>>,
    methods: BTreeMap<String, Row>,
}

impl Table {
    /// Reads `permissions.json`.
    ///
    /// # Errors
    /// When it is not that file.
    pub fn from_json(text: &str) -> Result<Table, Unreadable> {
        #[derive(Deserialize)]
        struct File {
            permissions: BTreeMap<String, Entry>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Entry {
            #[serde(default)]
            authorization_type: String,
            #[serde(default)]
            path_sets: Vec<PathSet>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct PathSet {
            scheme_keys: Vec<String>,
            methods: Vec<String>,
            paths: BTreeMap<String, String>,
        }
        let file: File = serde_json::from_str(text)
            .map_err(|error| Unreadable(format!("this is no table of permissions: {error}")))?;
        let mut table = Table::default();
        for (name, entry) in file.permissions {
            let index = u16::try_from(table.names.len())
                .map_err(|_| Unreadable("there are too many permissions".to_owned()))?;
            table.names.push(name);
            // What a team or a chat grants for itself stands in no token and can be asked for in no sign-in, so
            // that it is nobody's least.
            let by_resource = entry.authorization_type == "RSC";
            for set in &entry.path_sets {
                for (path, marks) in &set.paths {
                    let least: BTreeSet<&str> = marks
                        .split(';')
                        .filter_map(|mark| mark.trim().strip_prefix("least="))
                        .flat_map(|all| all.split(','))
                        .collect();
                    let node = table.root.make(path);
                    for method in &set.methods {
                        let row = node.methods.entry(method.clone()).or_default();
                        for scheme in set.scheme_keys.iter().filter(|key| Scheme::read(key).is_some()) {
                            let Some(kind) = Scheme::read(scheme) else { continue };
                            *row.by_scheme.entry(kind).or_default().entry(index).or_default() |=
                                least.contains(scheme.as_str()) && !by_resource;
                        }
                    }
                }
            }
        }
        Ok(table)
    }

    /// Returns the row of a request: of the path that has the most names in common with it.
    ///
    /// The table does not repeat itself: what it says of a thing counts for the thing's content, its links
    /// and their number (`$value`, `$ref`, `$count`) too, and what it says of any user for the signed-in one.
    pub fn row(&self, method: &str, path: &str) -> Option<&Row> {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let mut segments = by_ids(Segments(path.trim_matches('/'))).collect::<Vec<_>>();
        let find = |segments: &[String]| self.root.find(segments).find_map(|node| node.methods.get(method));
        // A cast at the end, `/members/microsoft.graph.user`, leaves a part of what the list has.
        if path.rsplit('/').next().is_some_and(|last| last.starts_with("microsoft.graph.")) && find(&segments).is_none()
        {
            segments.pop();
        }
        let found = find(&segments);
        if found.is_some() {
            return found;
        }
        if segments.last().is_some_and(|last| last.starts_with('$')) {
            segments.pop();
        }
        find(&segments).or_else(|| {
            (segments.first()? == "me").then(|| segments.splice(..1, ["users".to_owned(), String::new()]))?;
            find(&segments)
        })
    }

    /// Returns the permissions of a row; the least first.
    pub fn permissions<'t>(&'t self, row: &'t Row, scheme: Scheme) -> Vec<Permission<'t>> {
        let all = row.by_scheme.get(&scheme).into_iter().flatten();
        let mut all: Vec<Permission<'_>> = all
            .filter_map(|(index, least)| Some(Permission { name: self.names.get(usize::from(*index))?, least: *least }))
            .collect();
        all.sort_by_key(|permission| !permission.least);
        all
    }

    /// Returns whether a permission exists.
    pub fn knows(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Returns the names of all permissions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

impl Node {
    fn make(&mut self, path: &str) -> &mut Node {
        Segments(path.trim_matches('/')).fold(self, |node, segment| {
            match segment.starts_with('{') && !segment.starts_with("{{") {
                true => node.any.get_or_insert_default(),
                false => node.below.entry(plain(segment)).or_default(),
            }
        })
    }

    // Nodes at the end of the path; those reached by names before those reached by ids.
    fn find<'n>(&'n self, segments: &[String]) -> Box<dyn Iterator<Item = &'n Node> + 'n> {
        let Some((first, rest)) = segments.split_first() else { return Box::new(std::iter::once(self)) };
        let named = self.below.get(first).map(|node| node.find(rest));
        let any = self.any.as_ref().map(|node| node.find(rest));
        let found: Vec<&Node> = named.into_iter().flatten().chain(any.into_iter().flatten()).collect();
        Box::new(found.into_iter())
    }
}

// The segments of a path. What is reached by the names of folders, `root:/Reports/May.xlsx:`, has an id too.
fn by_ids<'a>(segments: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    let mut inside = false;
    segments.flat_map(move |segment| match (inside, segment.ends_with(':')) {
        (true, closes) => {
            inside = !closes;
            Vec::new()
        }
        (false, true) => {
            inside = true;
            match segment.eq_ignore_ascii_case("root:") {
                true => vec!["items".to_owned(), String::new()],
                false => vec![plain(segment)],
            }
        }
        // A key behind its collection, `users('$adele@contoso.com')`, is an id; what has names is a function's
        // parameter.
        (false, false) => match call(segment).1.is_some_and(|key| key.starts_with('\'')) {
            true => vec![plain(segment), String::new()],
            false => vec![plain(segment)],
        },
    })
}

// Names in lower case, functions without their parameters and namespace.
fn plain(segment: &str) -> String {
    let segment = segment.trim_end_matches(':');
    let name = call(segment).0.to_ascii_lowercase();
    name.strip_prefix("microsoft.graph.").map(str::to_owned).unwrap_or(name)
}

/// Returns whether the permission `one` includes `other`, by their names: writing includes reading, all properties
/// include the basic ones, all objects include one's own.
pub fn implies(one: &str, other: &str) -> bool {
    let (a, b) = (Name::of(one), Name::of(other));
    a.resource == b.resource
        && a.level >= b.level
        && b.level > 0
        && (a.reach == b.reach || (a.reach == "All" && b.reach.is_empty()))
}

struct Name<'a> {
    resource: &'a str,
    level: u8,
    reach: &'a str,
}

impl<'a> Name<'a> {
    fn of(name: &'a str) -> Name<'a> {
        let mut parts = name.splitn(3, '.');
        let resource = parts.next().unwrap_or_default();
        let level = match parts.next().unwrap_or_default() {
            "ReadBasic" => 1,
            "Read" => 2,
            "ReadWrite" => 3,
            _ => 0,
        };
        Name { resource, level, reach: parts.next().unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_team_grants_for_itself_is_nobodys_least() {
        let of = |kind: &str, marks: &str| {
            format!(
                r#"{{ "authorizationType": "{kind}", "pathSets": [
                    {{ "schemeKeys": ["Application"], "methods": ["GET"], "paths": {{ "/teams/{{id}}/channels": "{marks}" }} }}] }}"#
            )
        };
        let least = "least=Application";
        let text = format!(
            r#"{{ "permissions": {{ "Channel.Read.Group": {}, "Channel.Read.All": {}, "Channel.ReadWrite.All": {} }} }}"#,
            of("RSC", least),
            of("oAuth2", least),
            of("oAuth2", "")
        );
        let table = Table::from_json(&text).unwrap();
        let row = table.row("GET", "/teams/1/channels").unwrap();
        let found: Vec<_> =
            table.permissions(row, Scheme::Application).into_iter().map(|it| (it.name.to_owned(), it.least)).collect();
        let expected = [("Channel.Read.All", true), ("Channel.Read.Group", false), ("Channel.ReadWrite.All", false)];
        assert_eq!(found, expected.map(|(name, least)| (name.to_owned(), least)));
    }
}
