//! How a connector's folder looks, and where it is listed.

use super::{Finding, Project, Source};
use crate::generated::Mode;
use crate::{connectors, descriptor, schemas};

/// Whoever looks for an action opens the file of its name, and sees all of it and nothing else.
pub(super) fn one_thing_one_file(project: &Project) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in project.connectors() {
        let crate_folder = format!("crates/{name}/src");
        let list =
            project.source(&format!("{crate_folder}/lib.rs")).map(|source| source.text.as_str()).unwrap_or_default();
        for (kind, call) in [
            ("actions", ".action::<"),
            ("triggers", ".trigger::<"),
            ("picklists", ".picklist::<"),
            ("dynamic_schemas", ".dynamic_schema::<"),
        ] {
            for source in project.rust_below(&crate_folder) {
                // The folder stands at the root of the crate, or in that of a subject.
                let below = source.path[crate_folder.len()..].trim_start_matches('/');
                let folder =
                    [Some(kind.to_owned()), below.split_once('/').map(|(subject, _)| format!("{subject}/{kind}"))]
                        .into_iter()
                        .flatten()
                        .find(|folder| below.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')));
                if let Some(folder) = folder {
                    found.extend(thing(source, &format!("{crate_folder}/{folder}"), list, call));
                }
            }
        }
    }
    found
}

fn thing(source: &Source, folder: &str, list: &str, call: &str) -> Option<Finding> {
    let stem = source.path.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".rs")?;
    let names = specs(&source.text);
    // A folder beside the files may hold what several of them share.
    if stem == "mod" || (names.is_empty() && stem.contains('/')) {
        return (!names.is_empty())
            .then(|| Finding::new(&source.path, "holds more than the list of its modules; one thing, one file"));
    }
    match names.as_slice() {
        [] => Some(Finding::new(
            &source.path,
            format!("holds no `Spec::new(\"{stem}\", …)`: a file in this folder is one thing"),
        )),
        [one] if one != stem => {
            Some(Finding::new(&source.path, format!("holds `{one}`; a file is named as the thing in it")))
        }
        [one] if !listed(list, call, one) => {
            Some(Finding::new(&source.path, format!("holds `{one}`, which lib.rs does not list, so nobody can use it")))
        }
        [_] => None,
        many => Some(Finding::new(&source.path, format!("holds {} things; one thing, one file", many.len()))),
    }
}

// The names that `Spec::new` gives in a text.
fn specs(text: &str) -> Vec<String> {
    text.split("Spec::new(")
        .skip(1)
        .filter_map(|rest| Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned()))
        .collect()
}

// Whether a list line names the module, as in `.action::<actions::send_email::SendEmail>()`, or the
// type alone.
fn listed(list: &str, call: &str, name: &str) -> bool {
    let kind = connector_testing::scaffold::names::pascal(name);
    list.lines().filter_map(|line| line.trim().strip_prefix(call)).any(|line| {
        let path = line.split('>').next().unwrap_or_default();
        path.split("::").any(|part| part == name || part == kind)
    })
}

/// A connector that one program knows and another does not is a puzzle for whoever uses both.
pub(super) fn listed_everywhere(project: &Project) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in ["xtask/src/connectors.rs", "crates/tenon/src/connectors.rs"] {
        let Some(source) = project.source(file) else {
            found.push(Finding::new(file, "is missing: it lists the connectors"));
            continue;
        };
        for name in project.connectors() {
            if !source.text.contains(&format!("{}::connector()", name.replace('-', "_"))) {
                found.push(Finding::new(file, format!("does not list {name}")));
            }
        }
    }
    found
}

/// A schema that was written by hand says what somebody believed; a generated one says what is.
pub(super) fn schemas_are_generated(project: &Project) -> Vec<Finding> {
    let descriptions =
        connectors::connectors().iter().map(descriptor::Description::of).collect::<crate::Result<Vec<_>>>();
    let differences = descriptions.and_then(|all| schemas::generated(&all)?.sync(&project.checkout, Mode::Check));
    match differences {
        Ok(differences) => differences
            .into_iter()
            .map(|difference| Finding::new(schemas::FOLDER, format!("{difference}; run `cargo xtask schemas`")))
            .collect(),
        Err(error) => vec![Finding::new(schemas::FOLDER, format!("cannot be generated: {error}"))],
    }
}
