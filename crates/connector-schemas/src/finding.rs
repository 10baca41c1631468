//! Findings and reports.

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use crate::rule::Rule;

/// Severity of a finding, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// It has to be changed.
    Error,
    /// It is probably a mistake.
    Warning,
    /// It is worth knowing.
    Note,
}

impl Severity {
    /// Returns the name, such as `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Consequence of a change for those who use a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// Something that worked no longer works.
    Breaking,
    /// Something that worked may work in another way, or this check cannot tell.
    Risky,
    /// Everything that worked still works.
    Compatible,
}

impl Level {
    /// Returns the name, such as `breaking`.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Breaking => "breaking",
            Level::Risky => "risky",
            Level::Compatible => "compatible",
        }
    }

    /// Returns the severity of a finding of this level.
    pub const fn severity(self) -> Severity {
        match self {
            Level::Breaking => Severity::Error,
            Level::Risky => Severity::Warning,
            Level::Compatible => Severity::Note,
        }
    }
}

/// Position in a text, counted from 1. The column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// Place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// File.
    #[serde(serialize_with = "path")]
    pub file: PathBuf,
    /// Position of the property or the value, where it is known. For something that is missing, it is the position of
    /// the object that lacks it.
    #[serde(flatten)]
    pub position: Option<Position>,
    /// JSON Pointer (RFC 6901), also to something that is missing; empty for the whole file.
    pub pointer: String,
}

/// Violation of a rule, or a difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Place.
    #[serde(flatten)]
    pub place: Place,
    /// Severity.
    pub severity: Severity,
    /// Rule, by its id in JSON.
    #[serde(serialize_with = "id")]
    pub rule: Rule,
    /// What is wrong or has changed.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Level of a difference between two versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Place in the old version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Place>,
}

// Also of a file whose name is no Unicode.
fn path<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

fn id<S: Serializer>(rule: &Rule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(rule.id())
}

/// Result of a validation or a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Number of files that were looked at.
    pub files: usize,
    /// Findings, by file and position.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Returns the number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Returns whether the report is a failure: it has an error, or a warning where these are denied.
    pub fn fails(&self, deny_warnings: bool) -> bool {
        let least = if deny_warnings { Severity::Warning } else { Severity::Error };
        self.findings.iter().any(|finding| finding.severity <= least)
    }

    /// Returns the numbers in one sentence, such as `3 errors and 1 warning in 12 files`.
    pub fn summary(&self) -> String {
        let files = counted(self.files, "file");
        let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
            .into_iter()
            .filter_map(|severity| Some((self.count(severity), severity)).filter(|(count, _)| *count > 0))
            .map(|(count, severity)| counted(count, severity.name()))
            .collect();
        match counts.split_last() {
            None => format!("no findings in {files}"),
            Some((last, [])) => format!("{last} in {files}"),
            Some((last, others)) => format!("{} and {last} in {files}", others.join(", ")),
        }
    }

    pub(crate) fn sort(&mut self) {
        self.findings.sort();
        self.findings.dedup();
    }
}

fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// Violation of a rule in one document, without its file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Rule.
    pub rule: Rule,
    /// JSON Pointer in the document; empty for the whole document.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    pub(crate) fn new(rule: Rule, pointer: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { rule, pointer: pointer.into(), message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    // The problem of a part of a document, seen from the document.
    pub(crate) fn below(mut self, at: &str) -> Problem {
        self.pointer.insert_str(0, at);
        self
    }
}
