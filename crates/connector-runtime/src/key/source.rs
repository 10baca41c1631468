//! Where the keys are kept.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use connector_sdk::{Code, Error, Result, Retry};
use zeroize::Zeroizing;

use super::{Key, KeyRing};
use crate::store::{OnlyOwner, create_folder};

const HEAD: &str = "# The keys of the store. The first one seals, all of them open. Keep a copy in a safe place.\n";

/// Where the keys are kept. The first key seals; the others open what they have sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySource {
    /// An environment variable with one or more keys in base64, separated by commas.
    Environment(String),
    /// A file with one key in base64 to a line; `#` begins a comment. Only its owner may read it.
    File(PathBuf),
}

impl KeySource {
    /// The variable that [`KeySource::usual`] looks at.
    pub const VARIABLE: &str = "TENON_KEY";

    /// `TENON_KEY` when it is set, else this file.
    pub fn usual(file: impl Into<PathBuf>) -> KeySource {
        match env::var_os(KeySource::VARIABLE) {
            Some(text) if !text.is_empty() => KeySource::Environment(KeySource::VARIABLE.to_owned()),
            _ => KeySource::File(file.into()),
        }
    }

    /// The keys that are kept there. A file that does not exist is made, with a random key.
    ///
    /// # Errors
    /// `invalid_input` when there is no key in it, or others may read the file; `unavailable` when it can't be read or made.
    pub fn open(self) -> Result<KeyRing> {
        if let KeySource::File(path) = &self
            && !path.exists()
        {
            create(path).map_err(|error| io_error("made", path, &error))?;
        }
        let keys = self.read()?;
        Ok(KeyRing { keys: Arc::new(RwLock::new(keys)), source: Some(Arc::new(self)) })
    }

    /// At least one key.
    pub(super) fn read(&self) -> Result<Vec<Key>> {
        let (text, name) = match self {
            KeySource::Environment(variable) => {
                let text = env::var(variable).map_err(|_| invalid(format!("the variable {variable} is not set, or is not text")))?;
                (Zeroizing::new(text), format!("the variable {variable}"))
            }
            KeySource::File(path) => (read_private(path)?, format!("the key file {}", path.display())),
        };
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        let keys = lines.flat_map(|line| line.split(',')).map(str::trim).filter(|key| !key.is_empty());
        let keys = keys.map(Key::parse).collect::<Result<Vec<_>>>().map_err(|error| error.during(format!("in {name}")))?;
        if keys.is_empty() {
            return Err(invalid(format!("{name} has no key")).hint("Put the key back, or make one with `openssl rand -base64 32`."));
        }
        Ok(keys)
    }

    /// Keeps a new key, ahead of the others.
    pub(super) fn add(&self, key: &Key) -> Result<()> {
        match self {
            KeySource::Environment(variable) => {
                Err(invalid(format!("the keys come from the variable {variable}, which cannot be changed from here"))
                    .hint(format!("Set {variable} to the new key, a comma and the old key, restart, and seal everything anew.")))
            }
            KeySource::File(path) => {
                let mut text = Zeroizing::new(HEAD.to_owned());
                let others = self.read()?;
                for key in std::iter::once(key).chain(others.iter().filter(|other| other.id() != key.id())) {
                    text.push_str(&key.print());
                    text.push('\n');
                }
                replace(path, &text).map_err(|error| io_error("written", path, &error))
            }
        }
    }
}

fn invalid(message: String) -> Error {
    Error::new(Code::InvalidInput, message)
}

fn io_error(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::new(Code::Unavailable, format!("the key file {} cannot be {what}: {error}", path.display()))
        .retry(Retry::Never)
        .hint("Check the path and the permissions of its folder.")
}

/// Makes the file with a random key, unless another process is faster.
fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_folder(folder)?;
    }
    let key = Key::random().map_err(io::Error::other)?;
    let new = write_beside(path, &Zeroizing::new(format!("{HEAD}{}\n", *key.print())))?;
    // A link, because it fails where a rename would replace the other process's key.
    let linked = fs::hard_link(&new, path);
    fs::remove_file(&new)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }?;
    sync_folder(path)
}

/// Replaces the file in one step, so that a crash leaves the old one or the new one.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = write_beside(path, text)?;
    fs::rename(&new, path)?;
    sync_folder(path)
}

fn write_beside(path: &Path, text: &str) -> io::Result<PathBuf> {
    let mut unique = [0; 8];
    super::random(&mut unique).map_err(io::Error::other)?;
    let new = path.with_extension(format!("{:016x}.new", u64::from_ne_bytes(unique)));
    let mut file = OpenOptions::new().write(true).create_new(true).only_owner().open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(new)
}

/// A new name is on the disk when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn read_private(path: &Path) -> Result<Zeroizing<String>> {
    let file = File::open(path).map_err(|error| io_error("read", path, &error))?;
    let about = file.metadata().map_err(|error| io_error("read", path, &error))?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&about);
        if mode & 0o077 != 0 {
            return Err(invalid(format!("the key file {} may be read by others (its mode is {:03o})", path.display(), mode & 0o777))
                .hint(format!("Run `chmod 600 {}`. If others could have read it, make a new key afterwards.", path.display())));
        }
    }
    // Room for all of it from the start, so that no copy is left behind where it had to grow.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(about.len()).unwrap_or(0).min(1 << 20) + 1));
    file.take(1 << 20).read_to_string(&mut text).map_err(|error| io_error("read", path, &error))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn a_missing_file_is_made_once() {
        let folder = folder();
        let source = KeySource::File(folder.path().join("new/deep/key"));
        let racers: Vec<_> = (0..8)
            .map(|_| {
                let source = source.clone();
                std::thread::spawn(move || source.open().unwrap().current().id())
            })
            .collect();
        let ids: Vec<_> = racers.into_iter().map(|racer| racer.join().unwrap()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "all have the same key: {ids:?}");
        let left = fs::read_dir(folder.path().join("new/deep")).unwrap().count();
        assert_eq!(left, 1, "and nothing else is left behind");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        let path = folder.path().join("new/key");
        let source = KeySource::File(path.clone());
        source.clone().open().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        source.add(&Key::random().unwrap()).unwrap();
        assert_eq!(mode(&path), 0o600);
        for open in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
            let error = source.clone().open().unwrap_err();
            assert!(error.to_string().contains("may be read by others"), "{error}");
            assert!(error.advice().contains("chmod 600"), "{}", error.advice());
        }
    }

    #[test]
    fn a_new_key_comes_first_and_the_old_ones_stay() {
        let folder = folder();
        let source = KeySource::File(folder.path().join("key"));
        let ring = source.clone().open().unwrap();
        let (first, second) = (ring.current(), Key::random().unwrap());
        ring.add(second.clone()).unwrap();
        ring.add(second.clone()).unwrap();
        assert_eq!(ring.ids(), [second.id(), first.id()]);
        assert_eq!(source.open().unwrap().ids(), ring.ids());
    }

    #[test]
    fn a_file_without_a_key_is_refused() {
        let folder = folder();
        let path = folder.path().join("key");
        for (text, says) in [("", "has no key"), ("# nothing\n\n", "has no key"), ("hunter2hunter2\n", "is not a key")] {
            let _ = fs::remove_file(&path);
            write_beside(&path, text).and_then(|new| fs::rename(new, &path)).unwrap();
            let error = KeySource::File(path.clone()).open().unwrap_err();
            assert!(error.to_string().contains(says) && error.to_string().contains("key file"), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_variable_that_is_not_set_or_cannot_be_changed_says_so() {
        let source = KeySource::Environment("TENON_KEY_OF_NO_TEST".to_owned());
        assert!(source.clone().open().unwrap_err().to_string().contains("TENON_KEY_OF_NO_TEST is not set"));
        assert!(source.add(&Key::random().unwrap()).unwrap_err().advice().contains("TENON_KEY_OF_NO_TEST"));
    }
}
