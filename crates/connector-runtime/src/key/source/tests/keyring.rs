//! The keyring as a source of keys, over the keyring library's own store in memory.

use std::any::Any;
use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error as KeyringError, mock};

use super::super::*;

// The library has one default store for the whole process.
static TURN: Mutex<()> = Mutex::new(());

struct World {
    store: Arc<mock::Store>,
    folder: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl World {
    fn new() -> World {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let store = mock::Store::new().unwrap();
        keyring_core::set_default_store(store.clone());
        World { store, folder: tempfile::tempdir().unwrap(), _turn: turn }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("new/key")
    }

    fn source(&self) -> KeySource {
        KeySource::Keyring(self.path())
    }

    fn file(&self) -> KeySource {
        KeySource::File(self.path())
    }

    /// Returns the contents of the entries.
    fn entries(&self) -> Vec<String> {
        let all = self.store.search(&HashMap::from([("service", "tenon")])).unwrap();
        all.iter().filter_map(|entry| entry.get_password().ok()).collect()
    }

    fn entry(&self) -> Entry {
        self.store.search(&HashMap::from([("service", "tenon")])).unwrap().pop().unwrap()
    }
}

#[test]
fn the_file_names_an_entry_and_holds_no_key() {
    let world = World::new();
    let ring = world.source().made().unwrap();
    let file = fs::read_to_string(world.path()).unwrap();
    let key = ring.current().unwrap().print();
    assert!(file.contains("keyring:store-") && !file.contains(&key[..10]), "{file}");
    assert_eq!(world.entries(), [format!("{}\n", *key)]);
    assert_eq!(world.source().open().unwrap().ids(), ring.ids());
}

#[test]
fn processes_that_begin_at_once_have_one_key() {
    let world = World::new();
    let racers: Vec<_> = (0..16)
        .map(|_| {
            let source = world.source();
            std::thread::spawn(move || source.made().unwrap().ids())
        })
        .collect();
    let ids: Vec<_> = racers.into_iter().map(|racer| racer.join().unwrap()).collect();
    assert!(ids.iter().all(|each| each.len() == 1 && *each == ids[0]), "{ids:?}");
    assert_eq!(world.entries().len(), 1, "the keys of those who came late are gone");
}

#[test]
fn keys_rotate_and_others_learn_of_it() {
    let world = World::new();
    let (ring, other) = (world.source().made().unwrap(), world.source().open().unwrap());
    let (old, new) = (ring.current().unwrap().id(), Key::random().unwrap());
    ring.add(new.clone()).unwrap();
    assert_eq!(ring.ids(), [new.id(), old]);
    assert!(other.is_outdated());
    other.reload().unwrap();
    assert_eq!(other.ids(), [new.id(), old]);
    assert_eq!(world.source().open().unwrap().ids(), [new.id(), old]);
    assert_eq!(world.entries().len(), 1);
}

#[test]
fn keys_are_moved_there_and_back_while_programs_run() {
    let world = World::new();
    let running = world.file().made().unwrap();
    let ids = running.ids();
    let refused = world.source().open().unwrap_err();
    assert!(
        refused.to_string().contains("not in the system's keyring") && refused.advice().contains("KeySource::move_to"),
        "{refused}"
    );

    world.file().move_to(&world.source()).unwrap();
    world.file().move_to(&world.source()).unwrap();
    assert!(fs::read_to_string(world.path()).unwrap().contains("keyring:store-"));
    assert_eq!((world.source().open().unwrap().ids(), world.entries().len()), (ids.clone(), 1));
    // What runs since before follows, and adds where the keys are now.
    let new = Key::random().unwrap();
    running.add(new.clone()).unwrap();
    assert_eq!(world.source().open().unwrap().ids(), [new.id(), ids[0]]);

    world.source().move_to(&world.file()).unwrap();
    assert_eq!((world.file().open().unwrap().ids(), world.entries().len()), (vec![new.id(), ids[0]], 0));
    running.reload().unwrap();
    assert!(world.source().open().unwrap_err().to_string().contains("not in the system's keyring"));

    let environment = KeySource::Environment("TENON_KEY_OF_NO_TEST".to_owned());
    for (from, to) in [(&environment, &world.file()), (&world.file(), &environment)] {
        assert!(from.move_to(to).unwrap_err().to_string().contains("cannot be changed from here"));
    }
    assert!(world.file().move_to(&KeySource::Keyring(world.folder.path().join("else"))).is_err());
}

#[test]
fn an_entry_that_is_lost_or_broken_is_said_and_not_replaced() {
    let world = World::new();
    let key = world.source().made().unwrap().current().unwrap().print();
    let entry = world.entry();
    let failing = [
        KeyringError::BadEncoding(key.as_bytes().to_vec()),
        KeyringError::NoStorageAccess("the collection is locked".into()),
    ];
    for error in failing {
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
        let error = world.source().open().unwrap_err();
        assert!(error.to_string().contains("the system's keyring cannot be read"), "{error}");
        assert!(!format!("{error} {error:?}").contains(&key[..10]));
    }
    for (held, says) in [(&b"nonsense"[..], "is not a key"), (b"\xff\xfe", "holds no key"), (b"", "has no key")] {
        entry.set_secret(held).unwrap();
        let error = world.source().open().unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    entry.delete_credential().unwrap();
    let error = world.source().open().unwrap_err();
    assert!(error.code() == Code::Unavailable && error.to_string().contains("has no entry store-"), "{error}");
    // What needs no key goes on without it.
    let ring = world.source().open_later().unwrap();
    assert!(ring.current().is_none() && !ring.is_missing());
    assert!(world.entries().is_empty(), "no new key takes its place");
}

#[derive(Debug)]
struct Locked;

impl CredentialStoreApi for Locked {
    fn vendor(&self) -> String {
        "a test".to_owned()
    }
    fn id(&self) -> String {
        "locked".to_owned()
    }
    fn build(&self, _: &str, _: &str, _: Option<&HashMap<&str, &str>>) -> keyring_core::Result<Entry> {
        Err(KeyringError::NoStorageAccess("no session".into()))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn without_a_keyring_nothing_else_is_used() {
    let world = World::new();
    keyring_core::set_default_store(Arc::new(Locked));
    let error = world.source().made().unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    assert!(error.to_string().contains("no session") && error.advice().contains("KeySource::File"), "{error}");
    assert!(!world.path().exists(), "no key was made elsewhere");
    world.file().made().unwrap();
    assert!(world.file().move_to(&world.source()).is_err());
    world.file().open().expect("the key stays where it was");
}
