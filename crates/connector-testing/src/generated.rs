//! Files that a tool writes: kept and checked by one function, so that a check cannot disagree with
//! the tool that it checks.

use std::collections::BTreeMap;
use std::fmt;

use crate::Result;
use crate::checkout::Checkout;

/// Folders that belong to a tool, and all that should be in them.
#[derive(Debug, Default)]
pub struct Generated {
    /// The folders: whatever else is in them is stale.
    pub folders: Vec<&'static str>,
    /// The files by path, with their text.
    pub files: BTreeMap<String, String>,
}

/// What to do about a file that is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Put it right.
    Write,
    /// Only say so.
    Check,
}

/// A file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// It should be there.
    Missing(String),
    /// It has another text from this line on.
    Changed(String, usize),
    /// Nothing makes it any more.
    Stale(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Missing(file) => write!(f, "{file}: is missing"),
            Difference::Changed(file, line) => write!(f, "{file}:{line}: is not what the sources say"),
            Difference::Stale(file) => write!(f, "{file}: belongs to nothing that exists"),
        }
    }
}

impl Generated {
    /// Adds a file.
    pub fn file(&mut self, path: impl Into<String>, text: String) {
        self.files.insert(path.into(), text);
    }

    /// Compares the files with the checkout, and in [`Mode::Write`] puts them right.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn sync(&self, checkout: &Checkout, mode: Mode) -> Result<Vec<Difference>> {
        let mut differences = Vec::new();
        for (path, text) in &self.files {
            let old = if checkout.has(path) { Some(checkout.read(path)?) } else { None };
            match old {
                Some(old) if old == *text => continue,
                Some(old) => differences.push(Difference::Changed(path.clone(), first_other_line(&old, text))),
                None => differences.push(Difference::Missing(path.clone())),
            }
            if mode == Mode::Write {
                checkout.write(path, text)?;
            }
        }
        for folder in &self.folders {
            for path in checkout.files(folder)?.into_iter().filter(|path| !self.files.contains_key(path)) {
                if mode == Mode::Write {
                    checkout.remove(&path)?;
                }
                differences.push(Difference::Stale(path));
            }
        }
        Ok(differences)
    }
}

fn first_other_line(old: &str, new: &str) -> usize {
    1 + old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_passes_the_check() {
        let folder = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(folder.path());
        checkout.write("made/old/gone.json", "x").unwrap();
        checkout.write("made/b.json", "1\n2\n").unwrap();
        let mut made = Generated { folders: vec!["made"], ..Generated::default() };
        made.file("made/a.json", "1\n".into());
        made.file("made/b.json", "1\n3\n".into());

        let expected = [
            Difference::Missing("made/a.json".into()),
            Difference::Changed("made/b.json".into(), 2),
            Difference::Stale("made/old/gone.json".into()),
        ];
        assert_eq!(made.sync(&checkout, Mode::Check).unwrap(), expected);
        assert_eq!(made.sync(&checkout, Mode::Write).unwrap(), expected);
        assert_eq!(made.sync(&checkout, Mode::Check).unwrap(), []);
        assert!(!checkout.has("made/old"), "an empty folder stays behind");
    }
}
