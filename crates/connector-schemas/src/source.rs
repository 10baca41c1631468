//! Files with descriptors, as they are read.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::finding::{Finding, Place, Position};
use crate::kind::Kind;
use crate::rule::Rule;

/// Maximum size of a file, in bytes.
const MAX_SIZE: u64 = 16 * 1024 * 1024;

/// Folders that belong to tools and not to a connector.
const FOREIGN_FOLDERS: [&str; 2] = ["node_modules", "target"];

/// Reason why nothing could be checked.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A path does not exist or cannot be read.
    Unreadable(PathBuf, io::Error),
    /// There is no JSON file below a path.
    NoFiles(PathBuf),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unreadable(path, error) => write!(f, "{} cannot be read: {error}", path.display()),
            Error::NoFiles(path) => write!(f, "{} has no JSON file, so nothing was checked", path.display()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unreadable(_, error) => Some(error),
            Error::NoFiles(_) => None,
        }
    }
}

/// A file, with its content where that is JSON.
#[derive(Debug)]
pub(crate) struct Source {
    /// Text.
    pub(crate) text: String,
    /// Content.
    pub(crate) document: Option<Value>,
    /// What it describes.
    pub(crate) kind: Kind,
}

/// Files with descriptors.
#[derive(Debug, Default)]
pub struct Sources {
    pub(crate) files: BTreeMap<PathBuf, Source>,
    /// Problems of files that are no JSON.
    pub(crate) unreadable: Vec<Finding>,
    folders: Vec<PathBuf>,
}

impl Sources {
    /// Reads files, and every file whose name ends in `.json` below folders, in the order of their names.
    ///
    /// Links to folders are not followed. A file that cannot be read, or is no JSON, becomes a finding.
    ///
    /// # Errors
    /// If a path cannot be read, or has no JSON file.
    pub fn read(paths: &[PathBuf]) -> Result<Sources, Error> {
        let mut sources = Sources::default();
        for path in paths {
            let mut files = Vec::new();
            if fs::metadata(path).map_err(|error| Error::Unreadable(path.clone(), error))?.is_dir() {
                collect(path, &mut files).map_err(|(path, error)| Error::Unreadable(path, error))?;
                sources.folders.push(path.clone());
            } else {
                files.push(path.clone());
            }
            if files.is_empty() {
                return Err(Error::NoFiles(path.clone()));
            }
            for file in files {
                sources.add(file);
            }
        }
        Ok(sources)
    }

    /// Returns the number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Returns whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Returns whether a file should be among these and is not. Nothing is missing beside a file that was named alone.
    pub(crate) fn lacks(&self, file: &Path) -> bool {
        !self.files.contains_key(file) && self.is_whole(file)
    }

    /// Returns whether a file is below a folder that was read as a whole.
    pub(crate) fn is_whole(&self, file: &Path) -> bool {
        self.folders.iter().any(|folder| file.starts_with(folder))
    }

    /// Returns a file's path below the folder that it was found in, or its name.
    pub(crate) fn relative<'a>(&self, file: &'a Path) -> &'a Path {
        let below = self.folders.iter().find_map(|folder| file.strip_prefix(folder).ok());
        below.or_else(|| file.file_name().map(Path::new)).unwrap_or(file)
    }

    /// Returns whether a folder was read as a whole.
    pub(crate) fn has_folder(&self) -> bool {
        !self.folders.is_empty()
    }

    fn add(&mut self, file: PathBuf) {
        let (text, document) = match read(&file) {
            Err(message) => {
                self.unreadable(&file, Rule::UnreadableFile, None, message, None);
                (String::new(), None)
            }
            Ok(bytes) => match String::from_utf8(bytes) {
                Err(_) => {
                    let help = "save the file as UTF-8".to_owned();
                    self.unreadable(&file, Rule::JsonSyntax, None, "the file is not UTF-8".to_owned(), Some(help));
                    (String::new(), None)
                }
                Ok(text) => {
                    let text = self.without_mark(&file, text);
                    let document = self.parse(&file, &text);
                    (text, document)
                }
            },
        };
        let named_alone = !self.is_whole(&file);
        let kind = document.as_ref().map_or(Kind::Unknown, |document| Kind::of(&file, document, named_alone));
        self.files.insert(file, Source { text, document, kind });
    }

    // A byte order mark is told, and hides nothing that follows it.
    fn without_mark(&mut self, file: &Path, text: String) -> String {
        let Some(rest) = text.strip_prefix('\u{feff}') else { return text };
        let position = Some(Position { line: 1, column: 1 });
        let message = "the file begins with a byte order mark".to_owned();
        self.unreadable(file, Rule::JsonSyntax, position, message, Some("save it as UTF-8 without one".to_owned()));
        rest.to_owned()
    }

    fn parse(&mut self, file: &Path, text: &str) -> Option<Value> {
        match serde_json::from_str(text) {
            Ok(document) => Some(document),
            Err(error) => {
                let position = Position { line: error.line().max(1), column: error.column().max(1) };
                let (message, help) = syntax(text, &error);
                self.unreadable(file, Rule::JsonSyntax, Some(position), message, help);
                None
            }
        }
    }

    fn unreadable(
        &mut self,
        file: &Path,
        rule: Rule,
        position: Option<Position>,
        message: String,
        help: Option<String>,
    ) {
        let place = Place { file: file.to_owned(), position, pointer: String::new() };
        self.unreadable.push(Finding { place, severity: rule.severity(), rule, message, help, level: None, old: None });
    }
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(format!("the file cannot be read: {error}")),
        Ok(_) if bytes.len() as u64 > MAX_SIZE => Err("the file is larger than 16 MiB".to_owned()),
        Ok(_) => Ok(bytes),
    }
}

// In sentences, without the position, which the finding has.
fn syntax(text: &str, error: &serde_json::Error) -> (String, Option<String>) {
    if text.trim().is_empty() {
        return ("the file is empty".to_owned(), None);
    }
    let full = error.to_string();
    let said = full.rsplit_once(" at line ").map_or(full.as_str(), |(said, _)| said);
    let message = match said {
        "EOF while parsing an object" => "the file ends inside an object",
        "EOF while parsing a list" => "the file ends inside an array",
        "EOF while parsing a string" => "the file ends inside a string",
        "EOF while parsing a value" => "the file ends where a value should be",
        "trailing comma" => "there is a comma before the closing bracket",
        "trailing characters" => "there is something after the end of the document",
        "key must be a string" => "the name of a property must be in double quotes",
        // It is JSON, and no reader keeps it.
        "number out of range" => return ("a number is out of range: the largest is 1.7e308".to_owned(), None),
        "expected value" => "this is not a JSON value",
        other => other,
    };
    (format!("the file is not JSON: {message}"), None)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let failed = |error| (folder.to_owned(), error);
    let mut entries = fs::read_dir(folder).map_err(failed)?.collect::<io::Result<Vec<_>>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if entry.file_type().map_err(failed)?.is_dir() {
            if !name.starts_with('.') && !FOREIGN_FOLDERS.contains(&name.as_ref()) {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "json") && !path.is_dir() {
            files.push(path);
        }
    }
    Ok(())
}
