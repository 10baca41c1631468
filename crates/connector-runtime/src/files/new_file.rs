//! New files, which are complete before they have their names, and never replace other ones.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use connector_sdk::{Code, Error, Result};

use super::unwritable;
use crate::random;
use crate::store::OnlyOwner;

/// Prefix and suffix of the name under which a file is written.
const PARTIAL: (&str, &str) = (".tenon-", ".part");
/// Age, since the last write, from which a partial file that nobody holds counts as left over from a program that was
/// killed.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// A file under a random name beside its destination. That name is removed when this value is dropped.
pub(crate) struct NewFile(PathBuf);

impl Drop for NewFile {
    fn drop(&mut self) {
        // After a rename it is gone already.
        let _ = fs::remove_file(&self.0);
    }
}

impl NewFile {
    /// Creates an empty file in the folder of `path`. Nobody can have put a file or a link there before: the name
    /// cannot be guessed, and it must be new.
    pub(crate) fn beside(path: &Path, options: &mut OpenOptions) -> io::Result<(NewFile, File)> {
        let name = random::name::<16>().map_err(io::Error::other)?;
        let partial = folder_of(path).join(format!("{}{name}{}", PARTIAL.0, PARTIAL.1));
        let file = options.write(true).create_new(true).open(&partial)?;
        // As long as it is open it is not left over; where files cannot be locked, its age alone counts.
        let _ = file.try_lock();
        Ok((NewFile(partial), file))
    }

    /// Returns the temporary path.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives the file the name `path`.
    ///
    /// # Errors
    /// `AlreadyExists` when something has that name, a link to nowhere too; it stays as it is.
    pub(crate) fn name(&self, path: &Path) -> io::Result<()> {
        self.name_by(path, |from, to| fs::hard_link(from, to))
    }

    // A link fails where a rename would replace what is there.
    fn name_by(&self, path: &Path, link: impl Fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
        match link(&self.0, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
            // A file system without links: the name is reserved, and what is replaced is our own empty file.
            Err(_) => {
                OpenOptions::new().write(true).create_new(true).open(path)?;
                fs::rename(&self.0, path).inspect_err(|_| _ = fs::remove_file(path))?;
            }
            Ok(()) => {}
        }
        sync_folder(path);
        Ok(())
    }

    /// Gives the file the name `path`, replacing what has that name.
    pub(crate) fn replace(self, path: &Path) -> io::Result<()> {
        fs::rename(&self.0, path)?;
        sync_folder(path);
        Ok(())
    }
}

/// Removes half-written files of killed programs of ours from a folder: files under such names as no other program
/// gives, of the owner of `like`, that nobody has written to for a day and nobody holds. What cannot be inspected
/// stays.
pub(super) fn remove_stale(folder: &Path, like: &fs::Metadata) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().filter(|entry| is_partial(&entry.file_name())).map(|entry| entry.path()) {
        if is_stale(&path, like).unwrap_or_default() {
            let removed = fs::remove_file(&path);
            tracing::debug!(is_removed = removed.is_ok(), "a file was left over by a program that was killed");
        }
    }
}

fn is_partial(name: &OsStr) -> bool {
    let random = name.to_str().and_then(|name| name.strip_prefix(PARTIAL.0)?.strip_suffix(PARTIAL.1));
    random.is_some_and(|random| {
        random.len() == 32 && random.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn is_stale(path: &Path, like: &fs::Metadata) -> io::Result<bool> {
    // Looked at before it is opened: whoever may write in the folder may have put a pipe there.
    let about = fs::symlink_metadata(path)?;
    let is_old = about.modified()?.elapsed().is_ok_and(|age| age >= STALE);
    if !about.is_file() || !is_old || !is_of_one_owner(&about, like) {
        return Ok(false);
    }
    // It fails where somebody holds it, and where nobody can know.
    Ok(OpenOptions::new().write(true).open(path)?.try_lock().is_ok())
}

#[cfg(unix)]
fn is_of_one_owner(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn is_of_one_owner(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

/// Writes a file that its owner alone may read. It appears complete, or not at all; a device or a pipe is written into.
///
/// # Errors
/// `invalid_input` when there is a file already or no folder; `output` when it cannot be written.
pub fn write_private_file(path: &Path, content: &[u8]) -> Result<()> {
    let failed = |error| unwritable("written", path, error);
    match Destination::find(path)? {
        Destination::Folder(_) => {
            Err(Error::new(Code::InvalidInput, format!("{} is a folder", path.display()))
                .with_hint("Name a file in it."))
        }
        Destination::Stream(path) => {
            open_stream(&path).and_then(|mut stream| stream.write_all(content)).map_err(failed)
        }
        Destination::File(path) => {
            let (new, mut file) = NewFile::beside(&path, OpenOptions::new().only_owner()).map_err(failed)?;
            file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)?;
            new.name(&path)
                .map_err(|error| if error.kind() == ErrorKind::AlreadyExists { taken(&path) } else { failed(error) })
        }
    }
}

/// Destination of a file.
#[derive(Debug, Clone)]
pub(super) enum Destination {
    /// A folder; the file gets a name that is free.
    Folder(PathBuf),
    /// A file of this name, which is free.
    File(PathBuf),
    /// An existing device or pipe.
    Stream(PathBuf),
}

impl Destination {
    /// Determines the kind of destination that a path is.
    ///
    /// # Errors
    /// `invalid_input` when a file would be replaced, or there is no folder for it.
    pub(super) fn find(path: &Path) -> Result<Destination> {
        let folder = folder_of(path);
        let names_a_folder = path.as_os_str().as_encoded_bytes().ends_with(b"/") || path.file_name().is_none();
        match fs::metadata(path) {
            Ok(about) if about.is_dir() => Ok(Destination::Folder(path.to_owned())),
            Ok(about) if about.is_file() => Err(taken(path)),
            Ok(_) => Ok(Destination::Stream(path.to_owned())),
            Err(_) if fs::symlink_metadata(path).is_ok() => Err(taken(path)),
            Err(_) if names_a_folder => Err(no_folder(path)),
            Err(_) if !folder.is_dir() => Err(no_folder(folder)),
            Err(_) => Ok(Destination::File(path.to_owned())),
        }
    }
}

fn taken(path: &Path) -> Error {
    Error::new(Code::InvalidInput, format!("{} exists already, and nothing is overwritten", path.display())).with_hint(
        "Name another file, or a folder, in which it gets a name that is free; or remove what is there first.",
    )
}

fn no_folder(folder: &Path) -> Error {
    Error::new(Code::InvalidInput, format!("there is no folder {}", folder.display()))
        .with_hint("Make the folder first, or name another one.")
}

/// Opens a device or a pipe for writing. A pipe waits until somebody reads it.
pub(super) fn open_stream(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).open(path)?;
    // Somebody may have put a file there since it was looked at.
    if file.metadata()?.is_file() { Err(ErrorKind::AlreadyExists.into()) } else { Ok(file) }
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a folder to the disk, so that a new name in it is there after a crash. Not every folder may be opened, so
/// this is done where it can be.
fn sync_folder(path: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder_of(path)).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::files::SPACE;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn new(path: &Path, text: &str) -> NewFile {
        let (new, mut file) = NewFile::beside(path, &mut OpenOptions::new()).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        new
    }

    #[test]
    fn a_name_is_given_once_with_links_and_without() {
        let no_links = |_: &Path, _: &Path| Err(io::Error::from(ErrorKind::Unsupported));
        let links = |from: &Path, to: &Path| fs::hard_link(from, to);
        for link in [&links as &dyn Fn(&Path, &Path) -> io::Result<()>, &no_links] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a");
            new(&path, "one").name_by(&path, link).unwrap();
            assert_eq!(new(&path, "two").name_by(&path, link).unwrap_err().kind(), ErrorKind::AlreadyExists);
            assert_eq!(
                (fs::read_to_string(&path).unwrap().as_str(), names(folder.path())),
                ("one", vec!["a".to_owned()])
            );
            new(&path, "three").replace(&path).unwrap();
            assert_eq!(
                (fs::read_to_string(&path).unwrap().as_str(), names(folder.path())),
                ("three", vec!["a".to_owned()])
            );
        }
    }

    #[test]
    #[cfg(unix)]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (victim, link) = (folder.path().join("victim"), folder.path().join("link"));
        std::os::unix::fs::symlink(&victim, &link).unwrap();
        let no_links = |_: &Path, _: &Path| Err(io::Error::from(ErrorKind::Unsupported));
        assert_eq!(new(&link, "x").name(&link).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(new(&link, "x").name_by(&link, no_links).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert!(!victim.exists(), "a link to nowhere leads nowhere");
        assert_eq!(Destination::find(&link).unwrap_err().code(), Code::InvalidInput);
    }

    #[test]
    fn what_killed_programs_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let random = "0123456789abcdef0123456789abcdef";
        let old = SystemTime::now() - 2 * STALE;
        let make = |name: &str, at: SystemTime| {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(at).unwrap();
            file
        };
        for name in [
            ".tenon-short.part".to_owned(),
            format!(".tenon-{}.part", random.to_uppercase()),
            format!("tenon-{random}.part"),
        ] {
            make(&name, old);
        }
        let young = format!(".tenon-{}.part", random.replace('0', "1"));
        make(&young, SystemTime::now());
        make(&format!(".tenon-{random}.part"), old);
        fs::create_dir(folder.path().join(format!(".tenon-{}.part", random.replace('0', "2")))).unwrap();
        // One that is being written for more than a day.
        let (held, file) = NewFile::beside(&folder.path().join("a"), &mut OpenOptions::new()).unwrap();
        file.set_modified(old).unwrap();
        let before = names(folder.path());
        remove_stale(folder.path(), &file.metadata().unwrap());
        let gone: Vec<String> = before.into_iter().filter(|name| !names(folder.path()).contains(name)).collect();
        assert_eq!(gone, [format!(".tenon-{random}.part")]);
        // Its program is gone.
        let (left, like) = (held.path().to_owned(), file.metadata().unwrap());
        std::mem::forget(held);
        drop(file);
        remove_stale(folder.path(), &like);
        assert!(!left.exists());
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_private_file(&path, b"one").unwrap();
        assert_eq!(write_private_file(&path, b"two").unwrap_err().code(), Code::InvalidInput);
        assert_eq!(write_private_file(folder.path(), b"two").unwrap_err().code(), Code::InvalidInput);
        assert_eq!(write_private_file(&folder.path().join("b/c"), b"two").unwrap_err().code(), Code::InvalidInput);
        assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"one".to_vec(), vec!["a".to_owned()]));
        #[cfg(target_os = "linux")]
        {
            let error = write_private_file(Path::new("/dev/full"), b"x").unwrap_err();
            assert_eq!(error.code(), Code::Output, "{error}");
            assert!(error.advice().contains(SPACE), "{}", error.advice());
        }
    }
}
