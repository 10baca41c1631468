//! Microsoft's own description of Graph, on this machine.
//!
//! A folder holds the two files as Microsoft publishes them, packed, and beside each what was read of it,
//! which loads in milliseconds. Nothing of it comes with the product: a user downloads it, or
//! hands the files in.

mod fetch;
mod reference;

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use connector_sdk::{Code, Error, Result};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use graph_metadata::{Model, Table};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::sha256;
use crate::files::NewFile;

pub use fetch::DownloadOrigin;

/// Maximum size of a file, in bytes, unpacked. No file of Microsoft's is nearly as large; a packed one could become
/// anything.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Microsoft's description of Graph in a folder, which may be empty. Read at first use.
pub struct Metadata {
    folder: PathBuf,
    model: Mutex<Option<Arc<Model>>>,
    table: Mutex<Option<Arc<Table>>>,
}

/// A file of the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetadataFile {
    /// Types, operations and addresses: an OData CSDL.
    Types,
    /// The table of permissions.
    Permissions,
}

/// Origin of a stored file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOrigin {
    /// Part of the description that the file holds.
    pub part: MetadataFile,
    /// URL of the file, or the path of the file that was handed in.
    pub source: String,
    /// SHA-256 of the published content, unpacked, in hexadecimal digits.
    pub sha256: String,
    /// Size in bytes, unpacked.
    pub bytes: u64,
    /// Time at which the file was stored.
    pub since: Timestamp,
    /// Number of types or permissions in it.
    pub entries: usize,
}

/// Contents of the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MetadataStatus {
    /// Path of the folder.
    pub folder: PathBuf,
    /// Files that are present.
    pub files: Vec<FileOrigin>,
    /// Files that are missing.
    pub missing: Vec<MetadataFile>,
}

impl MetadataFile {
    /// Both parts.
    pub const ALL: [MetadataFile; 2] = [MetadataFile::Types, MetadataFile::Permissions];

    fn stem(self) -> &'static str {
        match self {
            MetadataFile::Types => "v1.0.csdl.xml",
            MetadataFile::Permissions => "permissions.json",
        }
    }

    // XML begins with an angle bracket and JSON with a brace, after a byte order mark and spaces.
    fn of(text: &str) -> Option<MetadataFile> {
        match text.trim_start_matches('\u{feff}').trim_start().chars().next()? {
            '<' => Some(MetadataFile::Types),
            '{' => Some(MetadataFile::Permissions),
            _ => None,
        }
    }
}

impl fmt::Display for MetadataFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MetadataFile::Types => "the metadata of Microsoft Graph",
            MetadataFile::Permissions => "Microsoft's table of permissions",
        })
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Metadata").field(&self.folder).finish()
    }
}

impl Metadata {
    /// Opens the description in this folder; it need not exist yet.
    pub fn at(folder: impl Into<PathBuf>) -> Metadata {
        Metadata { folder: folder.into(), model: Mutex::default(), table: Mutex::default() }
    }

    /// Returns the files that are present and missing.
    ///
    /// # Errors
    /// `invalid_input` when the folder cannot be read.
    pub fn status(&self) -> Result<MetadataStatus> {
        let mut status = MetadataStatus { folder: self.folder.clone(), files: Vec::new(), missing: Vec::new() };
        for part in MetadataFile::ALL {
            match fs::read(self.path(part, "about.json")) {
                Ok(bytes) => match serde_json::from_slice(&bytes) {
                    Ok(kept) => status.files.push(kept),
                    Err(_) => status.missing.push(part),
                },
                Err(error) if error.kind() == io::ErrorKind::NotFound => status.missing.push(part),
                Err(error) => return Err(failed("read", &self.folder, error)),
            }
        }
        Ok(status)
    }

    /// Stores a file that somebody has: the CSDL or the table, as it is published or packed with gzip.
    ///
    /// # Errors
    /// `invalid_input` when it is neither of them, or cannot be stored.
    pub fn add(&self, content: &[u8], source: &str) -> Result<FileOrigin> {
        let text = unpack(content).map_err(|error| refused(source, &error.to_string()))?;
        let part = MetadataFile::of(&text).ok_or_else(|| refused(source, "it is neither XML nor JSON"))?;
        let bad = |error: graph_metadata::Unreadable| refused(source, &error.to_string());
        let (compact, entries) = match part {
            MetadataFile::Types => {
                let model = Model::from_csdl(&text).map_err(bad)?;
                (model.to_bytes(), model.type_count())
            }
            MetadataFile::Permissions => {
                let table = Table::from_json(&text).map_err(bad)?;
                (table.to_bytes(), table.names().count())
            }
        };
        let sha256 = sha256(&text);
        let kept = FileOrigin {
            part,
            source: source.to_owned(),
            sha256,
            bytes: text.len() as u64,
            since: Timestamp::now(),
            entries,
        };
        self.keep(&kept, &text, &compact)
            .map_err(|error| failed("written", &self.folder, error).with_code(Code::Output))?;
        // Whoever asks next reads it anew.
        *self.model.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.table.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(kept)
    }

    fn keep(&self, kept: &FileOrigin, text: &str, compact: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text.as_bytes())?;
        // What says that the file is there comes last.
        put(&self.path(kept.part, "gz"), &packed.finish()?)?;
        put(&self.path(kept.part, "bin"), compact)?;
        put(&self.path(kept.part, "about.json"), &serde_json::to_vec_pretty(kept)?)
    }

    fn path(&self, part: MetadataFile, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", part.stem()))
    }

    /// Returns the types, operations and addresses.
    ///
    /// # Errors
    /// `invalid_input` when the file is not there or cannot be read.
    pub fn model(&self) -> Result<Arc<Model>> {
        self.load(MetadataFile::Types, &self.model, Model::from_bytes, Model::from_csdl, Model::to_bytes)
    }

    /// Returns the permissions.
    ///
    /// # Errors
    /// As [`Metadata::model`].
    pub fn table(&self) -> Result<Arc<Table>> {
        self.load(MetadataFile::Permissions, &self.table, Table::from_bytes, Table::from_json, Table::to_bytes)
    }

    fn load<T, E: fmt::Display>(
        &self,
        part: MetadataFile,
        known: &Mutex<Option<Arc<T>>>,
        compact: impl Fn(&[u8]) -> Result<T, E>,
        parse: impl Fn(&str) -> Result<T, E>,
        store: impl Fn(&T) -> Vec<u8>,
    ) -> Result<Arc<T>> {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = &*known {
            return Ok(value.clone());
        }
        let quick = self.path(part, "bin");
        let value = match fs::read(&quick).ok().and_then(|bytes| compact(&bytes).ok()) {
            Some(value) => value,
            // It is not there, or another version of this program wrote what was read of it.
            None => {
                let path = self.path(part, "gz");
                let packed = fs::read(&path).map_err(|error| absent(part, &self.folder, &error))?;
                let text = unpack(&packed).map_err(|error| failed("read", &path, error))?;
                let value = parse(&text).map_err(|error| refused(&path.display().to_string(), &error.to_string()))?;
                if let Err(error) = put(&quick, &store(&value)) {
                    tracing::debug!(%error, "what was read of the metadata was not kept; it is read again next time");
                }
                value
            }
        };
        Ok(known.insert(Arc::new(value)).clone())
    }
}

// A file is there as a whole or not at all.
fn put(path: &Path, content: &[u8]) -> io::Result<()> {
    let (new, mut file) = NewFile::beside(path, &mut OpenOptions::new())?;
    file.write_all(content)?;
    new.replace(path)
}

fn unpack(content: &[u8]) -> io::Result<String> {
    let mut text = String::new();
    let read = match content.starts_with(&[0x1f, 0x8b]) {
        true => GzDecoder::new(content).take(LARGEST).read_to_string(&mut text)?,
        false => content.take(LARGEST).read_to_string(&mut text)?,
    };
    match read as u64 == LARGEST {
        true => Err(io::Error::other("it is too large")),
        false => Ok(text),
    }
}

fn refused(source: &str, why: &str) -> Error {
    Error::new(Code::InvalidInput, format!("{source} is not accepted: {why}")).with_hint(
        "It must be Microsoft's CSDL of Graph v1.0 or its permissions.json, as they are or packed with gzip.",
    )
}

fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    Error::new(Code::InvalidInput, format!("{} cannot be {what}", path.display()))
        .caused_by(error)
        .with_hint("Check the path, its permissions and the space on the disk.")
}

fn absent(part: MetadataFile, folder: &Path, error: &io::Error) -> Error {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("{part} is not on this machine"),
        _ => format!("{part} in {} cannot be read: {error}", folder.display()),
    };
    Error::new(Code::InvalidInput, message)
        .with_hint("Download it once (`Metadata::fetch`), or give it as a file (`Metadata::add`).")
}

#[cfg(test)]
mod tests;
