//! The sealed log over an engine, as a thief and as an operator meets it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use connector_sdk::Code;

use super::SealedLog;
use crate::key::{Key, KeyRing, KeySource};
use crate::kinds::DATA_KEY;
use crate::seal::SealedDocuments;
use crate::store::{DocumentStore, EventLog, NewEvent, Sqlite, StoredEvent};

fn log(store: &Sqlite, keys: KeyRing) -> (SealedLog, Arc<SealedDocuments>) {
    let vault = Arc::new(SealedDocuments::new(Arc::new(store.clone()), keys));
    (SealedLog::new(Arc::new(store.clone()), vault.clone()), vault)
}

fn contents(events: &[StoredEvent]) -> Vec<&[u8]> {
    events.iter().map(|event| &event.bytes[..]).collect()
}

#[tokio::test]
async fn the_files_have_no_content_of_events_and_cursors() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("store.db")).unwrap();
    let (log, _) = log(&store, KeyRing::random().unwrap());
    let event = |n: usize| NewEvent::new(format!("readable-{n}"), format!(r#"{{"x":"canary-{n}"}}"#));
    let events: Vec<_> = (0..20).map(event).collect();
    let committed = log.commit("source", None, &events, r#""canary-cursor""#.into()).await.unwrap();
    log.append("inbox", &(20..39).map(event).collect::<Vec<_>>()).await.unwrap();
    log.commit("source", Some(committed.revision), &[], r#""canary-cursor""#.into()).await.unwrap();
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!has("canary"));
    assert!((0..39).all(|n| has(&format!("readable-{n}"))), "ids stay readable, so these are the files");
    let read = log.read("source", "c", 100).await.unwrap();
    assert_eq!(
        read.iter().map(|event| &event.bytes).collect::<Vec<_>>(),
        events.iter().map(|e| &e.bytes).collect::<Vec<_>>()
    );
    assert_eq!(log.page("inbox", 0, 100).await.unwrap()[18].bytes, event(38).bytes);
    assert_eq!(log.cursor("source").await.unwrap().unwrap().1, r#""canary-cursor""#);
}

#[tokio::test]
async fn what_an_older_version_has_stored_is_read() {
    let store = Sqlite::in_memory().unwrap();
    let first = store.commit("s", None, &[NewEvent::new("old", "{}")], r#"{"a":1}"#.into()).await.unwrap();
    let (log, _) = log(&store, KeyRing::random().unwrap());
    assert_eq!(log.cursor("s").await.unwrap(), Some((first.revision, r#"{"a":1}"#.into())));
    let second = [NewEvent::new("old", "{}"), NewEvent::new("new", "[]")];
    let committed = log.commit("s", Some(first.revision), &second, Bytes::new()).await.unwrap();
    assert_eq!((committed.added, committed.duplicates), (1, 1), "an id is the same, sealed or not");
    assert_eq!(contents(&log.read("s", "c", 10).await.unwrap()), [&b"{}"[..], b"[]"]);
    assert_eq!(log.cursor("s").await.unwrap(), Some((committed.revision, Bytes::new())), "an empty cursor is one");
}

#[tokio::test]
async fn an_entry_opens_in_its_place_alone() {
    let store = Sqlite::in_memory().unwrap();
    let (log, _) = log(&store, KeyRing::random().unwrap());
    for source in ["one", "two"] {
        log.commit(source, None, &[NewEvent::new("a", "1")], "0".into()).await.unwrap();
    }
    let sealed = store.page("one", 0, 10).await.unwrap().remove(0).bytes;
    store.append("one", &[NewEvent::new("b", sealed.clone())]).await.unwrap();
    let error = log.page("one", 0, 10).await.unwrap_err();
    assert!(error.to_string().contains("event one b cannot be opened: it has been changed or moved"), "{error}");
    store.append("two", &[NewEvent::new("c", sealed)]).await.unwrap();
    let error = log.page("two", 0, 10).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    assert!(error.to_string().contains("not at hand"), "{error}");
}

#[tokio::test]
async fn a_renamed_source_opens_and_a_forgotten_one_leaves_no_keys() {
    let store = Sqlite::in_memory().unwrap();
    let (log, vault) = log(&store, KeyRing::random().unwrap());
    let first = log.commit("old", None, &[NewEvent::new("a", "1")], "0".into()).await.unwrap();
    assert!(log.rename("old", "new").await.unwrap());
    assert!(!log.rename("old", "new").await.unwrap());
    assert_eq!(log.cursor("new").await.unwrap(), Some((first.revision, "0".into())));
    log.commit("new", Some(first.revision), &[NewEvent::new("b", "2")], "1".into()).await.unwrap();
    assert_eq!(contents(&log.page("new", 0, 10).await.unwrap()), [b"1", b"2"]);
    assert_eq!(vault.keys_of(DATA_KEY).await.unwrap(), ["new"]);
    log.append("taken", &[NewEvent::new("c", "3")]).await.unwrap();
    assert!(!log.rename("new", "taken").await.unwrap(), "what is there is not overwritten");
    assert_eq!(contents(&log.page("taken", 0, 10).await.unwrap()), [b"3"]);
    assert_eq!(contents(&log.page("new", 0, 10).await.unwrap()), [b"1", b"2"]);
    log.forget("taken").await.unwrap();
    log.forget("new").await.unwrap();
    assert_eq!(vault.keys_of(DATA_KEY).await.unwrap(), [""; 0]);
    log.append("new", &[NewEvent::new("a", "3")]).await.unwrap();
    assert_eq!(contents(&log.page("new", 0, 10).await.unwrap()), [b"3"]);
}

#[tokio::test]
async fn everything_is_readable_after_rotations_under_load_and_the_end_of_the_old_keys() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("store.db")).unwrap();
    let ring = || KeySource::File(folder.path().join("key")).open_later().unwrap();
    let (writer, _) = log(&store, ring());
    let (_, vault) = log(&store, ring());
    let stop = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn({
        let stop = stop.clone();
        async move {
            let (mut revision, mut n) = (None, 0);
            while !stop.load(Ordering::SeqCst) || n < 20 {
                let event = NewEvent::new(n.to_string(), n.to_string());
                let committed = writer.commit("s", revision, &[event], n.to_string().into()).await.unwrap();
                writer.append("inbox", &[NewEvent::new(n.to_string(), n.to_string())]).await.unwrap();
                (revision, n) = (Some(committed.revision), n + 1);
            }
            n
        }
    });
    for _ in 0..3 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let report = vault.rotate(Key::random().unwrap(), |_| {}).await.unwrap();
        assert!(report.failed.is_empty() && report.changed + report.current <= 2, "{report:?}");
    }
    stop.store(true, Ordering::SeqCst);
    let written = writing.await.unwrap();
    vault.retire().await.unwrap();
    // As another program that has the latest key alone.
    let (reader, _) = log(&store, ring());
    for source in ["s", "inbox"] {
        let events = reader.page(source, 0, usize::MAX).await.unwrap();
        assert_eq!(events.len(), written);
        assert!(events.iter().enumerate().all(|(n, event)| event.bytes == n.to_string()), "{source}");
    }
    assert_eq!(reader.cursor("s").await.unwrap().unwrap().1, (written - 1).to_string());
    assert_eq!(store.list("sealed.data_key", "", None, 10).await.unwrap().len(), 2);
}
