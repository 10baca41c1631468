//! The files of Microsoft's metadata: where they are, and what was read of them before.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use flate2::read::GzDecoder;
use graph_metadata::{Model, Table};

use crate::Result;
use crate::checkout::Checkout;

/// Where the files lie unless somebody says otherwise: beside the checkout.
const FOLDER: &str = "../shared/msgraph";
const MODEL: [&str; 2] = ["v1.0.csdl.xml.gz", "v1.0.csdl.xml"];
const TABLE: [&str; 2] = ["permissions.json.gz", "permissions.json"];
const EXAMPLES: [&str; 1] = ["docs-examples.jsonl"];

/// Where the files are.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The CSDL, plain or gzip.
    pub metadata: Option<PathBuf>,
    /// The table of permissions, plain or gzip.
    pub permissions: Option<PathBuf>,
    /// Examples of Microsoft's pages, a JSON object to a line.
    pub examples: Option<PathBuf>,
}

/// What the files say.
pub struct Files {
    /// The types and operations.
    pub model: Model,
    /// The permissions.
    pub table: Table,
    /// The examples, if they are there.
    pub examples: Option<String>,
}

impl Places {
    /// Fills in what is not given with what lies beside the checkout.
    pub fn or_beside(self, checkout: &Checkout) -> Places {
        let beside = |names: &[&str]| {
            let all = names.iter().map(|name| checkout.root().join(FOLDER).join(name));
            all.into_iter().find(|path| path.is_file())
        };
        Places {
            metadata: self.metadata.or_else(|| beside(&MODEL)),
            permissions: self.permissions.or_else(|| beside(&TABLE)),
            examples: self.examples.or_else(|| beside(&EXAMPLES)),
        }
    }

    /// Fills in what is not given with what lies beside the checkout, and then with what `tenon metadata fetch` has
    /// downloaded.
    pub fn or_found(self, checkout: &Checkout) -> Places {
        let Places { metadata, permissions, examples } = self.or_beside(checkout);
        let fetched = |names: &[&str]| {
            let folder = fetched()?;
            names.iter().map(|name| folder.join(name)).find(|path| path.is_file())
        };
        Places {
            metadata: metadata.or_else(|| fetched(&MODEL)),
            permissions: permissions.or_else(|| fetched(&TABLE)),
            examples,
        }
    }

    /// What is missing, if nothing can be checked.
    pub fn missing(&self) -> Option<&'static str> {
        match (&self.metadata, &self.permissions) {
            (None, _) => Some("the CSDL of Graph (`--metadata`)"),
            (_, None) => Some("the table of permissions (`--permissions`)"),
            _ => None,
        }
    }

    /// Reads the CSDL alone; what was read before comes from the same cache.
    ///
    /// # Errors
    /// When it is missing or is not what it should be.
    pub fn read_model(&self, checkout: &Checkout) -> Result<Model> {
        let file = self
            .metadata
            .as_deref()
            .ok_or("the CSDL of Graph (`--metadata`) is missing; `cargo tenon metadata fetch` downloads it")?;
        cached(
            checkout,
            file,
            |bytes| Model::from_bytes(bytes).ok(),
            |text| Ok(Model::from_csdl(text)?),
            Model::to_bytes,
        )
    }

    /// Reads the files; what was read before comes from a cache below `target/`.
    ///
    /// # Errors
    /// When a file is missing or is not what it should be.
    pub fn read(&self, checkout: &Checkout) -> Result<Files> {
        if let Some(missing) = self.missing() {
            return Err(format!("{missing} is missing; `cargo tenon metadata fetch` downloads it").into());
        }
        let table = self.permissions.as_deref().unwrap_or(Path::new(""));
        Ok(Files {
            model: self.read_model(checkout)?,
            table: cached(
                checkout,
                table,
                |bytes| Table::from_bytes(bytes).ok(),
                |text| Ok(Table::from_json(text)?),
                Table::to_bytes,
            )?,
            examples: self.examples.as_deref().map(text).transpose()?,
        })
    }
}

// Where `tenon metadata fetch` keeps its files.
fn fetched() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("TENON_HOME").filter(|folder| !folder.is_empty()) {
        return Some(PathBuf::from(folder).join("metadata"));
    }
    Some(directories::ProjectDirs::from("", "", "tenon")?.data_dir().join("metadata"))
}

fn cached<T>(
    checkout: &Checkout,
    file: &Path,
    load: impl Fn(&[u8]) -> Option<T>,
    parse: impl Fn(&str) -> Result<T>,
    store: impl Fn(&T) -> Vec<u8>,
) -> Result<T> {
    let place = checkout.path("target/conformance").join(name_of(file)?);
    if let Some(known) = fs::read(&place).ok().and_then(|bytes| load(&bytes)) {
        return Ok(known);
    }
    let value = parse(&text(file)?).map_err(|error| format!("{}: {error}", file.display()))?;
    // Without a cache it only takes longer.
    let _ = fs::create_dir_all(place.parent().unwrap_or(Path::new(""))).and_then(|()| fs::write(&place, store(&value)));
    Ok(value)
}

// Another name for every version of a file.
fn name_of(file: &Path) -> Result<String> {
    let about = fs::metadata(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let changed =
        about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default().as_secs();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("{name}-{}-{changed}.bin", about.len()))
}

fn text(file: &Path) -> Result<String> {
    let read = || {
        let bytes = fs::read(file)?;
        let mut text = String::new();
        match bytes.starts_with(&[0x1f, 0x8b]) {
            true => GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).map(|_| text),
            false => String::from_utf8(bytes).map_err(std::io::Error::other),
        }
    };
    read().map_err(|error| format!("{} cannot be read: {error}", file.display()).into())
}
