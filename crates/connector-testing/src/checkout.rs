//! The checkout: where it is, and what files it has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// What holds nothing written by hand.
const SKIPPED: [&str; 2] = ["target", ".git"];

/// The project's checkout. Paths inside it are relative and written with slashes.
#[derive(Debug, Clone)]
pub struct Checkout {
    root: PathBuf,
}

impl Checkout {
    /// The checkout around the current folder.
    ///
    /// # Errors
    /// When the current folder is in no checkout of the project.
    pub fn find() -> Result<Checkout> {
        let here = std::env::current_dir()?;
        let root = here.ancestors().find(|folder| folder.join("xtask/Cargo.toml").is_file());
        root.map(Checkout::at).ok_or_else(|| format!("{} is in no checkout of this project", here.display()).into())
    }

    /// The checkout in a known folder.
    pub fn at(root: impl Into<PathBuf>) -> Checkout {
        Checkout { root: root.into() }
    }

    /// Its top folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a file is.
    pub fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// Whether a file or folder is there.
    pub fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// A file's text.
    ///
    /// # Errors
    /// When it is missing or is not text; the error names it.
    pub fn read(&self, file: &str) -> Result<String> {
        fs::read_to_string(self.path(file)).map_err(|error| format!("{file} cannot be read: {error}").into())
    }

    /// Writes a file, and the folders above it.
    ///
    /// # Errors
    /// When it cannot be written; the error names it.
    pub fn write(&self, file: &str, text: &str) -> Result<()> {
        let path = self.path(file);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| format!("{file} cannot be written: {error}").into())
    }

    /// Removes a file, and the folders above it that it leaves empty.
    ///
    /// # Errors
    /// When it cannot be removed; the error names it.
    pub fn remove(&self, file: &str) -> Result<()> {
        let path = self.path(file);
        fs::remove_file(&path).map_err(|error| format!("{file} cannot be removed: {error}"))?;
        for folder in path.ancestors().skip(1).take_while(|folder| *folder != self.root) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Every file below a folder, in order; the empty name is the whole checkout. A folder that is
    /// missing has none.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn files(&self, folder: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let top = self.path(folder);
        if top.is_dir() {
            collect(&self.root, &top, &mut found)
                .map_err(|error| format!("{} cannot be read: {error}", top.display()))?;
        }
        found.sort();
        Ok(found)
    }

    /// `cargo`, at the top of the checkout.
    pub fn cargo(&self) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.root);
        cargo
    }

    /// Runs `cargo` with these arguments, and shows what it prints.
    ///
    /// # Errors
    /// When it cannot be started, or fails.
    pub fn run_cargo(&self, words: &[&str]) -> Result<()> {
        let status = self.cargo().args(words).status().map_err(|error| format!("cargo cannot be started: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("cargo {} failed", words.join(" ")).into()) }
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        // `.git` is a file where several checkouts share a repository.
        if SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(root, &path, found)?;
        } else if let Ok(inside) = path.strip_prefix(root) {
            found.push(inside.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}
