//! Validation of files.

mod connector;
mod descriptor;
mod permissions;
mod references;
mod sense;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::finding::{Finding, Place, Problem, Report};
use crate::instance;
use crate::keywords;
use crate::kind::{Kind, Listed};
use crate::meta;
use crate::position::Positions;
use crate::rule::Rule;
use crate::source::{Source, Sources};
use crate::style;

#[cfg(test)]
pub(crate) use permissions::is_permission;

/// Validates files. No problem hides another one: what can be read is checked.
pub fn validate(sources: &Sources) -> Report {
    let mut report = Report { files: sources.len(), findings: sources.unreadable.clone() };
    let ids = Ids::of(sources);
    for (file, source) in &sources.files {
        let Some(document) = &source.document else { continue };
        let mut problems = match source.kind {
            Kind::Connection => connection(document),
            Kind::Connector => connector::check(file, document, sources),
            Kind::Schema => bare_schema(file, document),
            Kind::Listed(kind) => descriptor::check(file, kind, document, sources),
            Kind::Unknown => vec![unknown_file()],
        };
        problems.extend(ids.duplicate(file, source, document));
        add(&mut report, file, source, problems);
    }
    report.sort();
    report
}

fn add(report: &mut Report, file: &Path, source: &Source, mut problems: Vec<Problem>) {
    let positions = Positions::of(&source.text);
    problems.extend(positions.duplicates().into_iter().map(|(at, name)| {
        let message = format!("`{name}` stands twice in the same object, and only the last one counts");
        Problem::new(Rule::DuplicateProperty, instance::below(&at, &name), message).help("remove one of them")
    }));
    report.findings.extend(problems.into_iter().map(|problem| Finding {
        severity: problem.rule.severity(),
        rule: problem.rule,
        place: Place { file: file.to_owned(), position: positions.find(&problem.pointer), pointer: problem.pointer },
        message: problem.message,
        help: problem.help,
        level: None,
        old: None,
    }));
}

fn unknown_file() -> Problem {
    let folders: Vec<String> = Listed::ALL.iter().map(|kind| format!("{}/", kind.folder())).collect();
    Problem::new(Rule::UnknownFile, "", "this is neither a descriptor nor a JSON Schema, so it was not checked").help(
        format!("a descriptor stands in {}; or name the files and folders to check", instance::listed(&folders, "or")),
    )
}

/// The first file of each id.
struct Ids<'a>(BTreeMap<(Kind, &'a str, &'a str), &'a Path>);

impl<'a> Ids<'a> {
    fn of(sources: &'a Sources) -> Ids<'a> {
        let mut ids = Ids(BTreeMap::new());
        for (file, source) in &sources.files {
            if let Some(id) = source.document.as_ref().and_then(|document| id(source.kind, document)) {
                ids.0.entry(id).or_insert(file);
            }
        }
        ids
    }

    fn duplicate(&self, file: &Path, source: &Source, document: &Value) -> Option<Problem> {
        let id = id(source.kind, document)?;
        let first = self.0.get(&id).filter(|first| **first != file)?;
        let message = match id {
            (Kind::Listed(kind), connector, name) => {
                format!("the {} {connector}.{name} is described in {} already", kind.word(), first.display())
            }
            (_, connector, _) => format!("the connector {connector} is described in {} already", first.display()),
        };
        Some(Problem::new(Rule::DuplicateId, "/name", message).help("give one of the two another `name`, or remove it"))
    }
}

/// Returns what a document describes, by its kind, its connector and its name.
pub(crate) fn id(kind: Kind, document: &Value) -> Option<(Kind, &str, &str)> {
    let name = document.get("name").and_then(Value::as_str);
    match kind {
        Kind::Listed(_) => Some((kind, document.get("connector").and_then(Value::as_str)?, name?)),
        Kind::Connector => Some((kind, name?, "")),
        _ => None,
    }
}

// What is true of every schema, whatever it describes.
fn schema(schema: &Value) -> Vec<Problem> {
    let mut found = meta::problems(schema);
    // An invalid part does not keep the examples of the others from being checked.
    let examples = instance::examples(&meta::repaired(schema, &found));
    found.extend(keywords::unknown(schema));
    found.extend(sense::problems(schema));
    found.extend(examples);
    found
}

fn connection(document: &Value) -> Vec<Problem> {
    let mut found = schema(document);
    found.extend(style::parameters(document));
    found
}

fn bare_schema(file: &Path, document: &Value) -> Vec<Problem> {
    let mut found = schema(document);
    // The schema of a descriptor describes a file, not an input.
    let describes_files = file.to_str().is_some_and(|name| name.ends_with(".schema.json"));
    if !describes_files {
        found.extend(style::input(document));
    }
    found
}
