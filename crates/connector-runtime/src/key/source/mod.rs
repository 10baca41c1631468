//! Sources of keys: where they are kept.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use connector_sdk::{Code, Error, Result, Retry};
use zeroize::Zeroizing;

use super::file::{Stamp, alone, create, invalid, io_error, read_private, replace};
#[cfg(feature = "keyring")]
use super::keyring;
#[cfg(not(feature = "keyring"))]
use super::no_keyring as keyring;
use super::{Key, KeyRing};
use crate::random;

const HEAD: &str = "# The keys of the store. The first one seals, all of them open. Keep a copy in a safe place.\n";
const POINTER_HEAD: &str =
    "# The keys of the store are in the keyring of this user, in the entry that is named here.\n";
/// Prefix of the name of a keyring entry in the file.
const POINTER: &str = "keyring:";

/// Source of the keys: where they are kept. The first key seals; the others open what they have sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySource {
    /// An environment variable with one or more keys in base64, separated by commas.
    Environment(String),
    /// A file with one key in base64 to a line; `#` begins a comment. Only its owner may read it.
    File(PathBuf),
    /// The operating system's keyring: the Secret Service on Linux, the Keychain on macOS, the Credential
    /// Manager on Windows. This file names the entry and holds no key, so that each store has its own.
    ///
    /// Needs the feature `keyring`. A program that has set a default store of the crate `keyring-core` has
    /// its keys there.
    Keyring(PathBuf),
}

/// Content of the file.
enum KeyRecord {
    Keys(Zeroizing<String>),
    /// The keys are in this entry of the keyring.
    Entry(String),
}

impl KeySource {
    /// Environment variable with keys that [`KeySource::usual`] reads.
    pub const VARIABLE: &str = "TENON_KEY";
    /// Environment variable that chooses where the keys are kept: `file`, `keyring` or `environment`.
    pub const CHOICE: &str = "TENON_KEY_SOURCE";

    /// Returns the source that `TENON_KEY_SOURCE` names. Without it: `TENON_KEY` when it is set, else the source that
    /// was chosen before, else this file.
    ///
    /// # Errors
    /// `invalid_input` when the variable says something else, or `TENON_KEY` is set beside another choice.
    pub fn usual(file: impl Into<PathBuf>) -> Result<KeySource> {
        let text =
            |name| env::var_os(name).filter(|text| !text.is_empty()).map(|text| text.to_string_lossy().into_owned());
        KeySource::chosen(text(KeySource::CHOICE).as_deref(), text(KeySource::VARIABLE).is_some(), file.into())
    }

    fn chosen(choice: Option<&str>, has_key: bool, file: PathBuf) -> Result<KeySource> {
        let (choice_name, key_name) = (KeySource::CHOICE, KeySource::VARIABLE);
        match (choice, has_key) {
            (Some("environment"), _) | (None, true) => Ok(KeySource::Environment(key_name.to_owned())),
            (Some(other @ ("file" | "keyring")), true) => {
                Err(invalid(format!("{choice_name} is `{other}`, but {key_name} is set too"))
                    .with_hint("Unset one of the two, so that it is clear which key is meant."))
            }
            (Some("file"), false) => Ok(KeySource::File(file)),
            (Some("keyring"), false) => Ok(KeySource::Keyring(file)),
            (Some(other), _) => Err(invalid(format!("{choice_name} is `{other}`"))
                .with_hint("It may be `file`, `keyring` or `environment`.")),
            (None, false) => match file.exists().then(|| kept(&file)) {
                Some(Ok(KeyRecord::Entry(_))) => Ok(KeySource::Keyring(file)),
                _ => Ok(KeySource::File(file)),
            },
        }
    }

    /// Returns the name of the source, as in [`KeySource::CHOICE`].
    pub const fn name(&self) -> &'static str {
        match self {
            KeySource::Environment(_) => "environment",
            KeySource::File(_) => "file",
            KeySource::Keyring(_) => "keyring",
        }
    }

    /// Opens the keys of the source. Where there are none yet, a host creates one when it seals for the first time in a
    /// store that holds nothing sealed: a key that was lost is never replaced silently. Blocks.
    ///
    /// # Errors
    /// `invalid_input` when there is no key in it, others may read the file, or the keys are kept in the
    /// other place: nothing is moved unasked; `unavailable` when it can't be read.
    pub fn open(self) -> Result<KeyRing> {
        match &self {
            KeySource::Environment(_) => {}
            _ if self.is_missing() => {}
            KeySource::File(path) => {
                if let KeyRecord::Entry(_) = kept(path)? {
                    return Err(invalid(format!(
                        "the keys are in the system's keyring, as {} says, not in that file",
                        path.display()
                    ))
                    .with_hint("Move them into the file (`KeySource::move_to`), or choose the keyring."));
                }
            }
            KeySource::Keyring(path) => {
                if let KeyRecord::Keys(_) = kept(path)? {
                    return Err(invalid(format!(
                        "the keys are in the file {}, not in the system's keyring",
                        path.display()
                    ))
                    .with_hint("Move them into the keyring (`KeySource::move_to`), or choose the file."));
                }
            }
        }
        let stamp = self.stamp();
        let keys = if self.is_missing() { Vec::new() } else { self.read()? };
        Ok(KeyRing::of(keys, Some(Arc::new(self)), stamp))
    }

    /// Opens the keys as [`KeySource::open`] does; but if they cannot be read now, the error is reported when one is
    /// needed. What needs none, such as listing and removing connections, continues to work. Blocks.
    ///
    /// # Errors
    /// `invalid_input`, as [`KeySource::open`].
    pub fn open_later(self) -> Result<KeyRing> {
        match self.clone().open() {
            Err(error) if error.code() == Code::Unavailable => Ok(KeyRing::of(Vec::new(), Some(Arc::new(self)), None)),
            opened => opened,
        }
    }

    /// Creates a random key, in the file or in the keyring, where there is none. Several processes that do this at the
    /// same time get the same key. What another key has sealed, that was lost, stays closed. Blocks.
    ///
    /// # Errors
    /// `invalid_input` for the environment; `unavailable` when it can't be made.
    pub fn make(&self) -> Result<()> {
        match self {
            KeySource::Environment(_) => Err(fixed(self)),
            _ if !self.is_missing() => Ok(()),
            KeySource::File(path) => {
                create(path, &file_of(&[Key::random()?])).map(|_| ()).map_err(|error| io_error("made", path, &error))
            }
            KeySource::Keyring(path) => make_entry(path),
        }
    }

    #[cfg(test)]
    fn made(self) -> Result<KeyRing> {
        self.make()?;
        self.open()
    }

    /// Returns whether the source holds nothing, not even something that cannot be read.
    pub(super) fn is_missing(&self) -> bool {
        match self {
            KeySource::Environment(_) => false,
            KeySource::File(path) | KeySource::Keyring(path) => !path.exists(),
        }
    }

    /// Returns a stamp that tells the present keys from earlier ones.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        match self {
            KeySource::Environment(_) => None,
            KeySource::File(path) | KeySource::Keyring(path) => Stamp::of(path),
        }
    }

    /// Moves the keys of a file to the keyring, or those of the keyring to a file. Programs that run meanwhile are not
    /// disturbed. Where there are none yet, one is created in the new place. Blocks.
    ///
    /// # Errors
    /// `invalid_input` for the environment, whose keys cannot be moved from here; otherwise as
    /// [`KeySource::open`]. When it fails, the keys are where they were.
    pub fn move_to(&self, other: &KeySource) -> Result<()> {
        let (KeySource::File(path) | KeySource::Keyring(path)) = self else { return Err(fixed(self)) };
        match other {
            KeySource::File(there) | KeySource::Keyring(there) if there == path => {}
            KeySource::Environment(_) => return Err(fixed(other)),
            _ => return Err(invalid("keys are moved to and from the keyring, not to another file".to_owned())),
        }
        if self.is_missing() {
            return other.make();
        }
        alone(path, || {
            let (keys, before) = (self.read()?, kept(path)?);
            match (before, other) {
                (KeyRecord::Keys(_), KeySource::Keyring(_)) => {
                    let entry = new_entry()?;
                    keyring::set(&entry, &lines(&keys))?;
                    replace(path, &pointer_to(&entry)).map_err(|error| io_error("written", path, &error))
                }
                (KeyRecord::Entry(entry), KeySource::File(_)) => {
                    replace(path, &file_of(&keys)).map_err(|error| io_error("written", path, &error))?;
                    keyring::remove(&entry)
                }
                _ => Ok(()),
            }
        })
    }

    /// Reads the keys: at least one. Follows the file: another process may have moved them.
    pub(super) fn read(&self) -> Result<Vec<Key>> {
        let (text, name) = match self {
            KeySource::Environment(variable) => {
                let text = env::var(variable)
                    .map_err(|_| invalid(format!("the variable {variable} is not set, or is not text")))?;
                (Zeroizing::new(text), format!("the variable {variable}"))
            }
            KeySource::File(path) | KeySource::Keyring(path) if self.is_missing() => return Err(missing(path)),
            KeySource::File(path) | KeySource::Keyring(path) => match kept(path)? {
                KeyRecord::Keys(text) => (text, format!("the key file {}", path.display())),
                KeyRecord::Entry(entry) => match (keyring::get(&entry)?, kept(path)?) {
                    (Some(text), _) => (text, format!("the keyring's entry {entry}")),
                    // They were moved while we looked.
                    (None, KeyRecord::Keys(text)) => (text, format!("the key file {}", path.display())),
                    (None, KeyRecord::Entry(entry)) => return Err(lost(&entry, path)),
                },
            },
        };
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        let keys = lines.flat_map(|line| line.split(',')).map(str::trim).filter(|key| !key.is_empty());
        let keys =
            keys.map(Key::parse).collect::<Result<Vec<_>>>().map_err(|error| error.context(format!("in {name}")))?;
        if keys.is_empty() {
            return Err(invalid(format!("{name} has no key"))
                .with_hint("Put the key back, or make one with `openssl rand -base64 32`."));
        }
        Ok(keys)
    }

    /// Stores a new key, ahead of the others.
    pub(super) fn add(&self, key: &Key) -> Result<()> {
        self.change(|keys| {
            keys.retain(|other| other.id() != key.id());
            keys.insert(0, key.clone());
            Ok(())
        })
    }

    /// Removes all keys but this one.
    pub(crate) fn retire(&self, current: &Key) -> Result<()> {
        self.change(|keys| match keys.first() {
            Some(first) if first.id() == current.id() => {
                keys.truncate(1);
                Ok(())
            }
            _ => Err(Error::new(Code::Conflict, "another process has made a new key meanwhile")
                .with_hint("Retire the older keys again.")),
        })
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Key>) -> Result<()>) -> Result<()> {
        let (KeySource::File(path) | KeySource::Keyring(path)) = self else { return Err(fixed(self)) };
        alone(path, || {
            let mut keys = self.read()?;
            change(&mut keys)?;
            let text = match kept(path)? {
                KeyRecord::Keys(_) => file_of(&keys),
                KeyRecord::Entry(entry) => {
                    keyring::set(&entry, &lines(&keys))?;
                    // The same again, so that other processes see that something has changed.
                    pointer_to(&entry)
                }
            };
            replace(path, &text).map_err(|error| io_error("written", path, &error))
        })
    }
}

// The entry is there before the file that names it, so that no process finds a name without a key. Whose
// file comes second uses the first one's key.
fn make_entry(path: &Path) -> Result<()> {
    let entry = new_entry()?;
    keyring::set(&entry, &lines(&[Key::random()?]))?;
    match create(path, &pointer_to(&entry)) {
        Ok(true) => Ok(()),
        Ok(false) => keyring::remove(&entry),
        Err(error) => {
            // What is left behind opens nothing.
            let _ = keyring::remove(&entry);
            Err(io_error("made", path, &error))
        }
    }
}

fn pointer_to(entry: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{POINTER_HEAD}{POINTER}{entry}\n"))
}

fn new_entry() -> Result<String> {
    Ok(format!("store-{}", random::name::<8>()?))
}

fn kept(path: &Path) -> Result<KeyRecord> {
    let text = read_private(path)?;
    let entry = text.lines().find_map(|line| line.trim().strip_prefix(POINTER)).map(|entry| entry.trim().to_owned());
    Ok(entry.map_or(KeyRecord::Keys(text), KeyRecord::Entry))
}

fn file_of(keys: &[Key]) -> Zeroizing<String> {
    let keys = lines(keys);
    let mut text = Zeroizing::new(String::with_capacity(HEAD.len() + keys.len()));
    text.push_str(HEAD);
    text.push_str(&keys);
    text
}

fn lines(keys: &[Key]) -> Zeroizing<String> {
    // Room for all of it from the start, so that no copy is left behind where it had to grow.
    let mut text = Zeroizing::new(String::with_capacity(keys.len() * 48));
    for key in keys {
        text.push_str(&key.print());
        text.push('\n');
    }
    text
}

fn fixed(source: &KeySource) -> Error {
    let variable = match source {
        KeySource::Environment(variable) => variable,
        _ => KeySource::VARIABLE,
    };
    invalid(format!("the keys come from the variable {variable}, which cannot be changed from here")).with_hint(
        format!("Set {variable} to the new key, a comma and the old key, restart, and seal everything anew."),
    )
}

/// Creates the error for a key that is gone while something is sealed with it.
fn missing(path: &Path) -> Error {
    Error::new(Code::Unavailable, format!("the key of the store is lost: there is no file {}", path.display())).retry(Retry::Never).with_hint(
        "Put the file back from a copy, or take the key from where it is kept (another `KeySource`). Only if it is gone for good, make another one \
         (`KeySource::make`); what the lost one has sealed stays closed, so remove those connections and make them again.",
    )
}

fn lost(entry: &str, path: &Path) -> Error {
    Error::new(Code::Unavailable, format!("the system's keyring has no entry {entry} for this user, which {} names", path.display()))
        .retry(Retry::Never)
        .with_hint("Log in as the user who made it, or restore the keyring from a backup. Without the key what is stored cannot be opened.")
}

#[cfg(test)]
mod tests;
