//! The file and the environment as sources of keys.

#[cfg(feature = "keyring")]
mod keyring;

use std::fs;

use super::super::file::write_beside;
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
            std::thread::spawn(move || source.made().unwrap().current().unwrap().id())
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
    source.clone().made().unwrap();
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

#[cfg(unix)]
#[test]
fn what_an_administrator_changes_stays_its_owners() {
    use std::os::unix::fs::{MetadataExt, chown};
    let folder = folder();
    let path = folder.path().join("key");
    let source = KeySource::File(path.clone());
    let ring = source.clone().made().unwrap();
    // Only an administrator can give a file away; for anybody else the owner is the same anyway.
    let owner = match chown(&path, Some(65_534), Some(65_534)) {
        Ok(()) => 65_534,
        Err(_) => fs::metadata(&path).unwrap().uid(),
    };
    ring.add(Key::random().unwrap()).unwrap();
    for file in ["key", "key.lock"] {
        let about = fs::metadata(folder.path().join(file)).unwrap();
        assert_eq!((about.uid(), about.mode() & 0o777), (owner, 0o600), "{file}");
    }
    assert_eq!(source.open().unwrap().ids(), ring.ids());
}

#[test]
fn a_key_that_is_not_there_is_made_by_nobody_unasked() {
    let folder = folder();
    let source = KeySource::File(folder.path().join("key"));
    for ring in [source.clone().open().unwrap(), source.clone().open_later().unwrap()] {
        assert!(ring.is_missing() && ring.current().is_none() && ring.ids().is_empty());
        let error = ring.reload().unwrap_err();
        assert!(error.to_string().contains("is lost") && error.advice().contains("KeySource::make"), "{error}");
        assert!(ring.add(Key::random().unwrap()).unwrap_err().to_string().contains("is lost"));
    }
    assert!(!folder.path().join("key").exists());
    let early = source.clone().open().unwrap();
    source.make().unwrap();
    source.make().unwrap();
    assert!(early.is_outdated());
    early.reload().unwrap();
    assert_eq!((early.ids().len(), early.is_outdated()), (1, false));
    assert_eq!(source.open().unwrap().ids(), early.ids());
}

#[test]
fn a_new_key_comes_first_and_the_old_ones_stay() {
    let folder = folder();
    let source = KeySource::File(folder.path().join("key"));
    let ring = source.clone().made().unwrap();
    let (first, second) = (ring.current().unwrap(), Key::random().unwrap());
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
        write_beside(&path, text).and_then(|new| new.replace(&path)).unwrap();
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

#[test]
fn keys_that_are_added_at_once_all_stay() {
    let folder = folder();
    let source = KeySource::File(folder.path().join("key"));
    source.clone().made().unwrap();
    let adding: Vec<_> = (0..8)
        .map(|_| {
            let (source, key) = (source.clone(), Key::random().unwrap());
            std::thread::spawn(move || source.add(&key).map(|()| key.id()).unwrap())
        })
        .collect();
    let added: Vec<_> = adding.into_iter().map(|thread| thread.join().unwrap()).collect();
    let ids = source.open().unwrap().ids();
    assert_eq!(ids.len(), 9);
    assert!(added.iter().all(|id| ids.contains(id)), "what is sealed with a key that was lost never opens again");
}

#[test]
fn the_place_is_chosen_and_never_guessed() {
    let folder = folder();
    let file = folder.path().join("key");
    let chosen = |choice, has_key| KeySource::chosen(choice, has_key, file.clone());
    assert_eq!(chosen(None, false).unwrap(), KeySource::File(file.clone()));
    assert_eq!(chosen(Some("file"), false).unwrap(), KeySource::File(file.clone()));
    assert_eq!(chosen(Some("keyring"), false).unwrap(), KeySource::Keyring(file.clone()));
    let environment = KeySource::Environment(KeySource::VARIABLE.to_owned());
    assert_eq!(
        (chosen(None, true).unwrap(), chosen(Some("environment"), false).unwrap()),
        (environment.clone(), environment)
    );
    for (choice, has_key) in [("keyring", true), ("file", true), ("nonsense", false), ("", false)] {
        let error = chosen(Some(choice), has_key).unwrap_err();
        assert!(error.code() == Code::InvalidInput && error.to_string().contains("TENON_KEY_SOURCE"), "{error}");
    }
    // What was chosen before holds without being said again.
    write_beside(&file, "# a remark\nkeyring: store-1\n").and_then(|new| new.replace(&file)).unwrap();
    assert_eq!(chosen(None, false).unwrap(), KeySource::Keyring(file.clone()));
    let error = chosen(Some("file"), false).unwrap().open().unwrap_err();
    assert!(error.to_string().contains("keyring") && error.advice().contains("KeySource::move_to"), "{error}");
}
