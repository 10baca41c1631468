//! The vault over an engine, as an attacker and as an operator meets it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use connector_sdk::Code;

use super::{SEALED, SealedDocuments};
use crate::key::{Key, KeyRing, KeySource};
use crate::store::{DocumentStore, Sqlite};

fn vault(store: &Sqlite, keys: KeyRing) -> SealedDocuments {
    SealedDocuments::new(Arc::new(store.clone()), keys)
}

fn message<T>(result: connector_sdk::Result<T>) -> String {
    result.err().expect("it must fail").to_string()
}

#[tokio::test]
async fn documents_come_back_and_race_like_others() {
    let store = Sqlite::in_memory().unwrap();
    let vault = vault(&store, KeyRing::random().unwrap());
    assert!(vault.get("k", "a").await.unwrap().is_none());
    let first = vault.put("k", "a", None, b"one").await.unwrap();
    let second = vault.put("k", "a", Some(first), b"two").await.unwrap();
    assert_eq!(vault.put("k", "a", Some(first), b"x").await.unwrap_err().code(), Code::Conflict);
    let (revision, plain) = vault.get("k", "a").await.unwrap().unwrap();
    assert_eq!((revision, &plain[..]), (second, &b"two"[..]));
    vault.remove("k", "a", second).await.unwrap();
    assert!(vault.get("k", "a").await.unwrap().is_none());
}

#[tokio::test]
async fn the_file_has_no_plaintext() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("store.db")).unwrap();
    vault(&store, KeyRing::random().unwrap()).put("k", "a", None, b"canary-in-a-document").await.unwrap();
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    assert!(!bytes.windows(6).any(|window| window == b"canary"));
    assert!(
        bytes.windows(SEALED.len()).any(|window| window == SEALED.as_bytes()),
        "the files are the ones that were written"
    );
}

#[tokio::test]
async fn a_document_that_was_copied_or_changed_does_not_open_and_hides_no_other() {
    let store = Sqlite::in_memory().unwrap();
    let vault = vault(&store, KeyRing::random().unwrap());
    for key in ["a", "b", "c"] {
        vault.put("k", key, None, key.as_bytes()).await.unwrap();
    }
    let kind = format!("{SEALED}k");
    let (a, b) = (store.get(&kind, "a").await.unwrap().unwrap(), store.get(&kind, "b").await.unwrap().unwrap());
    store.put(&kind, "b", Some(b.revision), a.bytes.clone()).await.unwrap();
    assert!(message(vault.get("k", "b").await).contains("k b cannot be opened: it has been changed or moved"));
    store.put(&format!("{SEALED}other"), "a", None, a.bytes.clone()).await.unwrap();
    assert!(message(vault.get("other", "a").await).contains("changed or moved"));
    let mut bytes = a.bytes.to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    store.put(&kind, "a", Some(a.revision), bytes.into()).await.unwrap();
    let listed = vault.list("k", "", None, 10).await.unwrap();
    let opened: Vec<_> =
        listed.iter().map(|(key, _, plain)| (&key[..], plain.as_ref().ok().map(|plain| &plain[..]))).collect();
    assert_eq!(opened, [("a", None), ("b", None), ("c", Some(&b"c"[..]))]);
}

#[tokio::test]
async fn a_missing_key_is_named() {
    let store = Sqlite::in_memory().unwrap();
    let lost = Key::random().unwrap();
    vault(&store, KeyRing::new(lost.clone())).put("k", "a", None, b"x").await.unwrap();
    let text = message(vault(&store, KeyRing::random().unwrap()).get("k", "a").await);
    assert!(text.contains(&format!("sealed with key {}, which is not at hand", lost.id())), "{text}");
    let older = KeyRing::random().unwrap().with_older(lost);
    assert!(vault(&store, older).get("k", "a").await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotation_fails_no_read_and_loses_no_write() {
    const DOCS: usize = 250;
    let store = Sqlite::in_memory().unwrap();
    let old = Key::random().unwrap();
    let vault = Arc::new(vault(&store, KeyRing::new(old.clone())));
    for n in 0..DOCS {
        vault.put(["k", "l"][n % 2], &format!("{n:04}"), None, b"0").await.unwrap();
    }
    store.put("clear", "x", None, "not sealed".into()).await.unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let busy = {
        let (vault, over) = (Arc::clone(&vault), Arc::clone(&over));
        tokio::spawn(async move {
            let mut written = vec![0u32; DOCS];
            for n in (0..DOCS).cycle() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let (kind, key) = (["k", "l"][n % 2], format!("{n:04}"));
                loop {
                    let (revision, plain) = vault.get(kind, &key).await.expect("reads go on").expect("it is there");
                    assert_eq!(*plain, written[n].to_string().into_bytes(), "no write is lost");
                    let next = (written[n] + 1).to_string();
                    match vault.put(kind, &key, Some(revision), next.as_bytes()).await {
                        Ok(_) => break written[n] += 1,
                        Err(error) => assert_eq!(error.code(), Code::Conflict),
                    }
                }
            }
            written
        })
    };
    let new = Key::random().unwrap();
    let mut heard = 0;
    let report = vault.rotate(new.clone(), |_| heard += 1).await.unwrap();
    over.store(true, Ordering::Relaxed);
    let written = busy.await.unwrap();
    assert_eq!((report.changed + report.current, report.failed.len(), heard), (DOCS, 0, DOCS));
    assert!(report.changed > 0);

    let without_old = self::vault(&store, KeyRing::new(new));
    for (n, written) in written.iter().enumerate() {
        let (_, plain) = without_old.get(["k", "l"][n % 2], &format!("{n:04}")).await.unwrap().unwrap();
        assert_eq!(*plain, written.to_string().into_bytes());
    }
    assert_eq!(
        store.get("clear", "x").await.unwrap().unwrap().bytes,
        "not sealed",
        "what is not the vault's is left alone"
    );
    let again = vault.reseal(|_| {}).await.unwrap();
    assert_eq!((again.changed, again.current), (0, DOCS), "there is nothing left to do");
}

#[tokio::test]
async fn rotation_goes_on_where_it_was_interrupted_and_reports_what_it_cannot_open() {
    let store = Sqlite::in_memory().unwrap();
    let (old, new, lost) = (Key::random().unwrap(), Key::random().unwrap(), Key::random().unwrap());
    for (n, key) in [&old, &new, &old, &lost].into_iter().enumerate() {
        vault(&store, KeyRing::new(key.clone())).put("k", &n.to_string(), None, b"x").await.unwrap();
    }
    let report = vault(&store, KeyRing::new(new).with_older(old)).reseal(|_| {}).await.unwrap();
    assert_eq!((report.changed, report.current), (2, 1));
    let [(kind, key, error)] = &report.failed[..] else { panic!("one fails: {:?}", report.failed) };
    assert_eq!((&kind[..], &key[..]), ("k", "3"));
    assert!(error.to_string().contains(&lost.id().to_string()));
}

#[tokio::test]
async fn another_process_finds_the_new_key() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("store.db")).unwrap();
    let source = KeySource::File(folder.path().join("key"));
    let here = vault(&store, source.clone().open().unwrap());
    let there = vault(&store, source.open().unwrap());
    here.put("k", "a", None, b"x").await.unwrap();
    here.rotate(Key::random().unwrap(), |_| {}).await.unwrap();
    assert_eq!(there.get("k", "a").await.unwrap().unwrap().1[..], *b"x");
    assert_eq!(there.keys.ids(), here.keys.ids(), "and seals with it from now on");
}

#[tokio::test]
async fn a_lost_key_is_told_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::in_memory().unwrap();
    let path = folder.path().join("key");
    let open = || vault(&store, KeySource::File(path.clone()).open_later().unwrap());
    let first = open();
    assert!(first.get("k", "a").await.unwrap().is_none());
    assert!(!path.exists(), "nothing was sealed yet");
    let revision = first.put("k", "a", None, b"x").await.unwrap();
    let copy = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();

    let without = open();
    assert!(message(without.get("k", "a").await).contains("the key of the store is lost"));
    assert!(message(without.put("k", "b", None, b"y").await).contains("the key of the store is lost"));
    assert!(message(without.rotate(Key::random().unwrap(), |_| {}).await).contains("the key of the store is lost"));
    assert!(
        message(without.move_keys(KeySource::Keyring(path.clone())).await).contains("the key of the store is lost")
    );
    assert!(!path.exists(), "no new key takes its place");
    let listed = without.list("k", "", None, 10).await.unwrap();
    assert!(listed[0].2.is_err() && listed[0].0 == "a");
    assert_eq!(without.revision("k", "a").await.unwrap(), Some(revision));
    // Whoever has it in memory goes on, and whoever waits finds it again where it is put back.
    assert!(first.get("k", "a").await.unwrap().is_some());
    std::fs::write(&path, copy).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert!(without.get("k", "a").await.unwrap().is_some());

    // What cannot be opened is removed without a key, and an empty store may have a new one.
    std::fs::remove_file(&path).unwrap();
    let without = open();
    without.remove("k", "a", revision).await.unwrap();
    without.put("k", "b", None, b"y").await.unwrap();
    assert!(path.exists());
}

#[tokio::test]
async fn older_keys_go_when_nothing_needs_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::in_memory().unwrap();
    let source = KeySource::File(folder.path().join("key"));
    let (here, there) = (vault(&store, source.clone().open().unwrap()), vault(&store, source.clone().open().unwrap()));
    here.put("k", "a", None, b"x").await.unwrap();
    there.get("k", "a").await.unwrap().unwrap();
    let old = here.keys.current().unwrap();
    here.rotate(Key::random().unwrap(), |_| {}).await.unwrap();
    let new = here.keys.current().unwrap();
    assert_eq!(here.retire().await.unwrap(), [old.id()]);
    assert_eq!((here.keys.ids(), source.clone().open().unwrap().ids()), (vec![new.id()], vec![new.id()]));
    // A process that still has the old one in memory seals with the new one.
    there.put("k", "b", None, b"y").await.unwrap();
    assert!(vault(&store, source.clone().open().unwrap()).get("k", "b").await.unwrap().is_some());

    // What needs another key keeps all of them.
    let lost = vault(&store, KeyRing::random().unwrap());
    lost.put("k", "c", None, b"z").await.unwrap();
    here.rotate(Key::random().unwrap(), |_| {}).await.unwrap();
    assert_eq!(here.retire().await.unwrap_err().code(), Code::Conflict);
    assert_eq!(source.open().unwrap().ids().len(), 2);
}
