//! Comparison of two versions: which changes break those who use a connector.

mod alternatives;
mod bulk;
mod connector;
mod descriptor;
mod keywords;
mod permissions;
mod rules;
mod schema;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::check::id;
use crate::finding::{Finding, Level, Place, Report};
use crate::kind::Kind;
use crate::position::Positions;
use crate::rule::Rule;
use crate::source::{Source, Sources};

use schema::Direction;

/// A difference, with its places in the two documents.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    level: Level,
    rule: Rule,
    message: String,
    help: Option<&'static str>,
    old: String,
    new: String,
}

impl Change {
    fn new(level: Level, rule: Rule, at: &str, message: impl Into<String>) -> Change {
        Change { level, rule, message: message.into(), help: None, old: at.to_owned(), new: at.to_owned() }
    }

    fn at(mut self, old: impl Into<String>, new: impl Into<String>) -> Change {
        (self.old, self.new) = (old.into(), new.into());
        self
    }

    fn help(mut self, help: &'static str) -> Change {
        self.help = Some(help);
        self
    }
}

/// What is compared with what: the kind, the connector and the name, or the path of a file without an id.
type Key = (Kind, String, String);

type Documents<'a> = BTreeMap<Key, (&'a Path, &'a Source, &'a Value)>;

/// Compares two versions of the same files, by the ids of their descriptors.
///
/// What the new version lacks was removed, if a folder was read; a file that was named alone says nothing about others.
pub fn compare(old: &Sources, new: &Sources) -> Report {
    // Two files that were named alone are meant for each other, whatever they are called.
    let alone = old.len() == 1 && new.len() == 1;
    let (before, after) = (documents(old, alone), documents(new, alone));
    let mut report = Report { files: new.len(), findings: old.unreadable.clone() };
    for (key, (file, source, document)) in &before {
        match after.get(key) {
            Some((new_file, new_source, new_document)) => {
                let changes = changes(key.0, document, new_document);
                add(&mut report, (file, source), (new_file, new_source), changes);
            }
            None if new.has_folder() && !is_unreadable(file, new) => {
                let change = Change::new(Level::Breaking, Rule::Removed, "", format!("{} is gone", name(key)))
                    .help("keep it, and say in its description what takes its place");
                let (new_file, new_source) = listing(key, &after).unwrap_or((file, source));
                let listed = match key.0 {
                    Kind::Listed(kind) if new_file != *file => format!("/{}", kind.folder()),
                    _ => String::new(),
                };
                add(&mut report, (file, source), (new_file, new_source), vec![change.at("", listed)]);
            }
            None => {}
        }
    }
    for (key, (file, source, _)) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        let message = format!("{} is new: the old version does not have it", name(key));
        let positions = Positions::of(&source.text);
        report.findings.push(finding(file, &positions, Change::new(Level::Compatible, Rule::Added, "", message), None));
    }
    report.sort();
    report
}

fn documents(sources: &Sources, alone: bool) -> Documents<'_> {
    let mut documents = Documents::new();
    for (file, source) in &sources.files {
        let Some(document) = &source.document else { continue };
        let key = match (id(source.kind, document), source.kind) {
            (_, Kind::Unknown) => continue,
            (Some((kind, connector, name)), _) => (kind, connector.to_owned(), name.to_owned()),
            (None, kind) if alone => (kind, String::new(), String::new()),
            (None, Kind::Connection) => (Kind::Connection, connector_of(file, sources), String::new()),
            (None, kind) => (kind, String::new(), sources.relative(file).display().to_string()),
        };
        documents.entry(key).or_insert((file, source, document));
    }
    documents
}

// The connector whose folder a file is in, else the path of the file.
fn connector_of(file: &Path, sources: &Sources) -> String {
    let connector = sources.files.get(&file.with_file_name("connector.json"));
    let name = connector.and_then(|source| source.document.as_ref()?.get("name")?.as_str());
    name.map_or_else(|| sources.relative(file).display().to_string(), str::to_owned)
}

fn changes(kind: Kind, old: &Value, new: &Value) -> Vec<Change> {
    match kind {
        Kind::Listed(_) => descriptor::changes(old, new),
        Kind::Connector => connector::changes(old, new),
        Kind::Connection | Kind::Schema => schema::changes(Direction::Input, "", old, new),
        Kind::Unknown => Vec::new(),
    }
}

// A file that is there and cannot be read is reported for that, and was not removed.
fn is_unreadable(old: &Path, new: &Sources) -> bool {
    new.files.iter().any(|(file, source)| source.document.is_none() && file.file_name() == old.file_name())
}

// The new file that no longer lists something.
fn listing<'a>(key: &Key, after: &Documents<'a>) -> Option<(&'a Path, &'a Source)> {
    let connector = (Kind::Connector, key.1.clone(), String::new());
    after.get(&connector).map(|(file, source, _)| (*file, *source))
}

fn name((kind, connector, name): &Key) -> String {
    match kind {
        Kind::Listed(kind) if connector.is_empty() => format!("the {} {name}", kind.word()),
        Kind::Listed(kind) => format!("the {} {connector}.{name}", kind.word()),
        Kind::Connector => format!("the connector {connector}"),
        Kind::Connection => format!("the connection of {connector}"),
        Kind::Schema | Kind::Unknown => format!("the schema {name}"),
    }
}

fn add(report: &mut Report, old: (&Path, &Source), new: (&Path, &Source), changes: Vec<Change>) {
    if changes.is_empty() {
        return;
    }
    let (before, after) = (Positions::of(&old.1.text), Positions::of(&new.1.text));
    report.findings.extend(changes.into_iter().map(|change| {
        let place = Place { file: old.0.to_owned(), position: before.find(&change.old), pointer: change.old.clone() };
        finding(new.0, &after, change, Some(place))
    }));
}

fn finding(file: &Path, positions: &Positions<'_>, change: Change, old: Option<Place>) -> Finding {
    Finding {
        place: Place { file: file.to_owned(), position: positions.find(&change.new), pointer: change.new },
        severity: change.level.severity(),
        rule: change.rule,
        message: change.message,
        help: change.help.map(str::to_owned),
        level: Some(change.level),
        old,
    }
}
