//! Holds schema files against the meta-schema, the descriptor's own schema and the house style.
//!
//! It reads files only, so it works on the schemas of a connector that is written elsewhere, in any
//! language.

mod connector;
mod descriptor;
pub mod hidden;
pub mod instance;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use connector_sdk::{Issue, schema};
use serde_json::Value;

use crate::Result;

#[cfg(test)]
pub(crate) use descriptor::is_scope;
#[cfg(test)]
pub(crate) use instance::examples as wrong_examples;
pub use instance::issues;

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file.
    pub file: PathBuf,
    /// Where in it, as a JSON Pointer (RFC 6901); empty for the whole file.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}: {}", self.file.display(), self.pointer, self.message)
    }
}

/// What a validation saw.
#[derive(Debug, Default)]
pub struct Report {
    /// How many files were read.
    pub files: usize,
    /// What is wrong in them, by file and place.
    pub findings: Vec<Finding>,
}

/// Validates a file, or every JSON file in a folder.
///
/// # Errors
/// When `path` cannot be read, or holds no JSON file: nothing was checked then.
pub fn validate(path: &Path) -> Result<Report> {
    let mut files = Vec::new();
    collect(path, &mut files).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    files.sort();
    if files.is_empty() {
        return Err(format!("{} holds no JSON file", path.display()).into());
    }
    let mut report = Report { files: files.len(), ..Report::default() };
    let mut documents = Documents { whole: path.is_dir(), by_file: BTreeMap::new() };
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        match serde_json::from_str::<Value>(&text) {
            Ok(document) => drop(documents.by_file.insert(file, document)),
            Err(error) => {
                report.findings.push(Finding { file, pointer: String::new(), message: format!("is not JSON: {error}") })
            }
        }
    }
    for (file, document) in &documents.by_file {
        let issues = match kind(file, document) {
            Kind::Connection => connection(document),
            Kind::Connector => connector::check(file, document, &documents),
            Kind::Schema => bare_schema(file, document),
            Kind::Listed(kind) => descriptor::check(file, kind, document, &documents),
        };
        report.findings.extend(issues.into_iter().map(|issue| Finding {
            file: file.clone(),
            pointer: issue.pointer,
            message: issue.message,
        }));
    }
    report.findings.sort();
    report.findings.dedup();
    Ok(report)
}

/// What was read.
struct Documents {
    by_file: BTreeMap<PathBuf, Value>,
    /// Whether a folder was read, so that a file that is not here is missing.
    whole: bool,
}

impl Documents {
    fn lacks(&self, file: &Path) -> bool {
        self.whole && !self.by_file.contains_key(file)
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.is_dir() || path.extension().is_some_and(|extension| extension == "json") {
            collect(&path, files)?;
        }
    }
    Ok(())
}

/// What a file describes.
enum Kind {
    Connector,
    /// The fields of a connector's connections.
    Connection,
    Listed(Listed),
    /// A JSON Schema without a descriptor around it, held to be an input's.
    Schema,
}

/// What a connector lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    Action,
    Trigger,
    Picklist,
    DynamicSchema,
}

impl Listed {
    const ALL: [Listed; 4] = [Listed::Action, Listed::Trigger, Listed::Picklist, Listed::DynamicSchema];

    /// The folder, which is also the property of the connector's file that lists the names.
    fn folder(self) -> &'static str {
        match self {
            Listed::Action => "actions",
            Listed::Trigger => "triggers",
            Listed::Picklist => "picklists",
            Listed::DynamicSchema => "dynamicSchemas",
        }
    }
}

// The folder says what a file is. A single file from elsewhere is told by its properties.
fn kind(file: &Path, document: &Value) -> Kind {
    let folder = parent_name(file);
    if let Some(listed) = Listed::ALL.into_iter().find(|listed| folder == Some(listed.folder())) {
        return Kind::Listed(listed);
    }
    let has = |property: &str| document.get(property).is_some();
    if file.file_name().is_some_and(|name| name == "connection.json") {
        Kind::Connection
    } else if has("connection") || file.file_name().is_some_and(|name| name == "connector.json") {
        Kind::Connector
    } else if has("$schema") && !has("input") {
        Kind::Schema
    } else if has("event") {
        Kind::Listed(Listed::Trigger)
    } else if has("output") || !has("input") {
        Kind::Listed(Listed::Action)
    } else {
        Kind::Listed(Listed::Picklist)
    }
}

fn parent_name(file: &Path) -> Option<&str> {
    file.parent()?.file_name()?.to_str()
}

fn connection(document: &Value) -> Vec<Issue> {
    let mut found = meta(document);
    if found.is_empty() {
        found.extend(schema::check_parameters(document));
    }
    found
}

fn bare_schema(file: &Path, document: &Value) -> Vec<Issue> {
    let mut found = meta(document);
    // The schema of a descriptor describes a file, not an input.
    let describes_files = file.to_str().is_some_and(|name| name.ends_with(".schema.json"));
    if found.is_empty() {
        found.extend(instance::examples(document));
        if !describes_files {
            found.extend(schema::check_input(document));
        }
    }
    found
}

// Against the meta-schema of draft 2020-12.
fn meta(schema: &Value) -> Vec<Issue> {
    let mut found = instance::report(jsonschema::draft202012::meta::validator().iter_errors(schema));
    if found.is_empty()
        && let Err(error) = jsonschema::draft202012::new(schema)
    {
        // What the meta-schema cannot say, such as a pattern that is no regular expression.
        found.push(Issue::new(error.instance_path().to_string(), error.to_string()));
    }
    found
}

// The issues of a part of a document, seen from the document.
fn below(at: &str, issues: Vec<Issue>) -> impl Iterator<Item = Issue> {
    issues.into_iter().map(move |issue| Issue::new(format!("{at}{}", issue.pointer), issue.message))
}
