//! The embedded engine keeps the promises of the stores, and says clearly when it cannot.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use connector_runtime::store::sqlite::Options;
use connector_runtime::store::{
    DocumentStore, EventLog, NewEvent, RateBudget, Sqlite, Start, Take, TaskQueue, conformance,
};
use connector_sdk::{Code, Error, Retry};
use rusqlite::Connection;

mod several;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let made = AtomicUsize::new(0);
    conformance::check_all(async || Sqlite::open(next(folder.path(), &made)).unwrap()).await;
}

/// Each call goes to another one of several stores that share a file, as from other processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_file_that_several_share() {
    let folder = tempfile::tempdir().unwrap();
    let made = AtomicUsize::new(0);
    conformance::check_all(async || {
        let path = next(folder.path(), &made);
        several::Several::new((0..3).map(|_| Sqlite::open(&path).unwrap()).collect())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_memory() {
    conformance::check_all(async || Sqlite::in_memory().unwrap()).await;
}

/// Time that a test moves: nothing waits.
#[tokio::test(start_paused = true)]
async fn in_memory_with_a_paused_clock() {
    conformance::check_all(async || Sqlite::in_memory().unwrap()).await;
}

fn next(folder: &Path, made: &AtomicUsize) -> std::path::PathBuf {
    folder.join(format!("{}.db", made.fetch_add(1, Ordering::Relaxed)))
}

/// Creates a folder with a store of one document.
async fn stored() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    Sqlite::open(&path).unwrap().put("k", "a", None, "kept".into()).await.unwrap();
    (folder, path)
}

fn refused(path: &Path, code: Code, says: &str) -> Error {
    let error = Sqlite::open(path).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(says) && error.to_string().contains("store.db"), "{error}");
    assert_ne!(error.advice(), code.advice(), "it says what to do about it: {error}");
    error
}

#[tokio::test]
async fn everything_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let (revision, committed) = {
        let store = Sqlite::open(&path).unwrap();
        store.schedule("t", Duration::from_secs(3600), "later".into()).await.unwrap();
        store.lock("l", "me", Duration::from_secs(3600)).await.unwrap().unwrap();
        let committed = store.commit("s", None, &[NewEvent::new("id", "event")], "cursor".into()).await.unwrap();
        (store.put("k", "a", None, "doc".into()).await.unwrap(), committed)
    };
    let store = Sqlite::open(&path).unwrap();
    let doc = store.get("k", "a").await.unwrap().unwrap();
    assert_eq!((doc.revision, doc.bytes), (revision, Bytes::from("doc")));
    assert!(store.next_due("t").await.unwrap().unwrap() > Duration::from_secs(3000));
    assert!(
        store.lock("l", "you", Duration::ZERO).await.unwrap().is_some(),
        "but a lock, which ends with whoever held it"
    );
    assert_eq!(store.cursor("s").await.unwrap(), Some((committed.revision, "cursor".into())));
    assert_eq!(store.read("s", "c", 9).await.unwrap()[0].bytes, "event");
    assert!(store.put("k", "b", None, Bytes::new()).await.unwrap() > revision, "counting goes on");
}

/// Writes into the file behind the store's back.
fn raw(path: &Path, sql: &str) -> usize {
    let file = Connection::open(path).unwrap();
    file.busy_timeout(Duration::from_secs(10)).unwrap();
    file.execute(sql, []).unwrap()
}

#[tokio::test]
async fn what_a_wrong_clock_began_is_over() {
    const HOUR: Duration = Duration::from_secs(3600);
    let (_folder, path) = stored().await;
    let (store, other) = (Sqlite::open(&path).unwrap(), Sqlite::open(&path).unwrap());
    for hours in [2_i64, 9_600] {
        store.lock("l", "me", HOUR).await.unwrap().unwrap();
        store.schedule("t", Duration::ZERO, Bytes::new()).await.unwrap();
        let lease = store.claim("t", "me", HOUR, 1).await.unwrap().remove(0);
        assert_eq!(other.lock("l", "you", HOUR).await.unwrap(), None);
        assert!(other.claim("t", "you", HOUR, 1).await.unwrap().is_empty());
        // As if the clock had been ahead, and had just been put right.
        let ahead = hours * 3_600_000;
        raw(&path, &format!("UPDATE lock SET since = since + {ahead}, until = until + {ahead}"));
        raw(&path, &format!("UPDATE task SET since = since + {ahead}, ready = ready + {ahead}"));
        assert!(other.lock("l", "you", HOUR).await.unwrap().is_some(), "{hours} hours ahead");
        assert_eq!(other.next_due("t").await.unwrap(), Some(Duration::ZERO));
        assert_eq!(other.claim("t", "you", HOUR, 1).await.unwrap().len(), 1, "{hours} hours ahead");
        assert_eq!(store.heartbeat(&lease).await.unwrap_err().code(), Code::Conflict);
        assert!(other.unlock("l", "you").await.unwrap() && other.cancel("t").await.unwrap());
    }
    // A budget fills again too, and what a clock that was behind took is past.
    for hours in [2_i64, 9_600, -2] {
        let key = format!("b{hours}");
        assert_eq!(store.take(&key, 5, 5, HOUR).await.unwrap(), Take::Granted);
        assert!(matches!(other.take(&key, 1, 5, HOUR).await.unwrap(), Take::Wait(_)));
        let ahead = hours * 3_600_000;
        raw(&path, &format!("UPDATE budget SET since = since + {ahead}, expires = expires + {ahead}"));
        assert_eq!(other.take(&key, 5, 5, HOUR).await.unwrap(), Take::Granted, "{hours} hours ahead");
        assert!(matches!(other.take(&key, 1, 5, HOUR).await.unwrap(), Take::Wait(_)), "and counts from then on");
    }
    // A small correction takes nothing from anybody, and a long lock is none of a wrong clock.
    store.lock("l", "me", HOUR * 10_000).await.unwrap().unwrap();
    raw(&path, "UPDATE lock SET since = since + 2000, until = until + 2000");
    assert_eq!(other.lock("l", "you", Duration::ZERO).await.unwrap(), None);
}

#[tokio::test]
async fn a_lock_of_an_older_program_is_held_to_its_end() {
    let (_folder, path) = stored().await;
    let store = Sqlite::open(&path).unwrap();
    let until = jiff::Timestamp::now().as_millisecond() + 3_600_000;
    raw(&path, &format!("INSERT INTO lock (key, owner, fence, until) VALUES ('l', 'old', 1, {until})"));
    assert_eq!(store.lock("l", "me", Duration::ZERO).await.unwrap(), None);
    raw(&path, "UPDATE lock SET until = 1");
    assert!(store.lock("l", "me", Duration::ZERO).await.unwrap().is_some());
}

#[tokio::test]
async fn a_reserve_is_there_before_it_is_needed() {
    let (folder, path) = stored().await;
    let store = Sqlite::open(&path).unwrap();
    let reserve = folder.path().join("store.db-reserve");
    store.reserve().await.unwrap();
    assert!(fs::metadata(&reserve).unwrap().len() >= 64 << 10);
    let revision = store.get("k", "a").await.unwrap().unwrap().revision;
    let second = store.put_reserved("k", "a", Some(revision), "new".into()).await.unwrap();
    assert!(reserve.exists(), "what has room leaves it to others");
    assert_eq!(store.put_reserved("k", "a", Some(revision), "late".into()).await.unwrap_err().code(), Code::Conflict);
    assert!(reserve.exists(), "a race that was lost is no matter of room");
    // The disk has no room at all: the reserve is all there is, and is given back for the write.
    let blocked = Connection::open(&path).unwrap();
    blocked
        .execute_batch("CREATE TRIGGER full BEFORE UPDATE ON doc BEGIN SELECT RAISE(ROLLBACK, 'full'); END")
        .unwrap();
    assert!(store.put_reserved("k", "a", Some(second), "newer".into()).await.is_err());
    assert!(!reserve.exists());
    blocked.execute_batch("DROP TRIGGER full").unwrap();
    fs::create_dir(&reserve).unwrap();
    let error = store.reserve().await.unwrap_err();
    assert!(error.code() == Code::Unavailable && error.retryability() == Retry::Never, "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/deep/store.db");
    let store = Sqlite::open(&path).unwrap();
    store.put("k", "a", None, "x".into()).await.unwrap();
    store.lock("l", "me", Duration::from_secs(60)).await.unwrap();
    store.reserve().await.unwrap();
    let files: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() > 1, "WAL keeps files beside it: {files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600), "{files:?}");
    assert_eq!((mode(path.parent().unwrap()), mode(&folder.path().join("new"))), (0o700, 0o700));
    drop(store);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    Sqlite::open(&path).unwrap();
    assert_eq!(mode(&path), 0o600, "a file that came with wide permissions is narrowed");
}

#[tokio::test]
async fn a_newer_store_is_refused_and_left_alone() {
    let (_folder, path) = stored().await;
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let error = refused(&path, Code::Unavailable, "was written by a newer version");
    assert_eq!(error.retryability(), Retry::Never);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    fs::write(
        &path,
        "some text that somebody needs, and that is longer than the header of a database file. ".repeat(20),
    )
    .unwrap();
    let before = fs::read(&path).unwrap();
    refused(&path, Code::InvalidInput, "is not a store");
    assert_eq!(fs::read(&path).unwrap(), before);
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let before = fs::read(&path).unwrap();
    refused(&path, Code::InvalidInput, "is not a store");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_folder_or_a_missing_disk_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    fs::create_dir(&path).unwrap();
    refused(&path, Code::Unavailable, "cannot be opened");
    let path = folder.path().join("file/store.db");
    fs::write(folder.path().join("file"), "x").unwrap();
    refused(&path, Code::Unavailable, "cannot be opened");
}

#[tokio::test]
async fn a_damaged_store_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    {
        let store = Sqlite::open(&path).unwrap();
        for n in 0..200 {
            store.put("k", &format!("{n:03}"), None, vec![b'x'; 2000].into()).await.unwrap();
        }
    }
    Connection::open(&path).unwrap().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let page = 4096;
    assert!(bytes.len() > 50 * page);
    // Beyond the pages of the schema, so that it opens.
    bytes[40 * page..].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let store = Sqlite::open(&path).unwrap();
    let error = store.list("k", "", None, 1000).await.unwrap_err();
    assert_eq!((error.code(), error.retryability()), (Code::Unavailable, Retry::Never));
    assert!(error.to_string().contains("is damaged") && error.advice().contains("backup"), "{error}");
}

#[tokio::test]
async fn a_store_that_another_process_holds_is_busy_and_then_free_again() {
    let (_folder, path) = stored().await;
    let store =
        Sqlite::open_with(&path, Options { patience: Duration::from_millis(30), ..Options::default() }).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.put("k", "b", None, Bytes::new()).await.unwrap_err();
    assert_eq!((error.code(), error.retryability()), (Code::Unavailable, Retry::Later));
    assert!(error.to_string().contains("is busy"), "{error}");
    assert_eq!(store.get("k", "a").await.unwrap().unwrap().bytes, "kept", "reads do not wait for a writer");
    other.execute_batch("ROLLBACK").unwrap();
    store.put("k", "b", None, Bytes::new()).await.unwrap();
}

#[tokio::test]
async fn a_job_that_fails_takes_no_other_with_it() {
    let (_folder, path) = stored().await;
    let store = Sqlite::open(&path).unwrap();
    // All of them wait for the same lock, so that they end up in one transaction.
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let writers: Vec<_> = (0..30)
        .map(|n| {
            let store = store.clone();
            let key = if n % 3 == 0 { "a".to_owned() } else { n.to_string() };
            tokio::spawn(async move { store.put("k", &key, None, key.clone().into()).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(20)).await;
    other.execute_batch("COMMIT").unwrap();
    for (n, writer) in writers.into_iter().enumerate() {
        let result = writer.await.unwrap();
        let stored = store.get("k", &n.to_string()).await.unwrap();
        if n % 3 == 0 {
            assert_eq!(result.unwrap_err().code(), Code::Conflict);
            assert_eq!(stored, None);
        } else {
            assert_eq!(stored.unwrap().revision, result.unwrap());
        }
    }
}

#[tokio::test]
async fn a_commit_that_fails_in_the_middle_leaves_nothing() {
    let (_folder, path) = stored().await;
    let store = Sqlite::open(&path).unwrap();
    let events = |ids: &[&str]| ids.iter().map(|id| NewEvent::new(*id, "x")).collect::<Vec<_>>();
    let before = store.commit("s", None, &events(&["1"]), "before".into()).await.unwrap();
    let fault =
        "CREATE TRIGGER fault BEFORE INSERT ON event WHEN NEW.id = 'bad' BEGIN SELECT RAISE(ABORT, 'a fault'); END";
    Connection::open(&path).unwrap().execute_batch(fault).unwrap();
    let error =
        store.commit("s", Some(before.revision), &events(&["2", "bad", "3"]), "after".into()).await.unwrap_err();
    assert_eq!(error.code(), Code::Bug);
    assert_eq!(store.cursor("s").await.unwrap(), Some((before.revision, "before".into())));
    let after = store.commit("s", Some(before.revision), &events(&["2", "3"]), "after".into()).await.unwrap();
    assert_eq!(after.added, 2, "they were not remembered as seen");
    let ids: Vec<_> = store.read("s", "c", 9).await.unwrap().into_iter().map(|delivery| delivery.id).collect();
    assert_eq!(ids, ["1", "2", "3"]);
}

#[tokio::test]
async fn what_is_not_on_the_disk_is_not_answered() {
    let (_folder, path) = stored().await;
    let store = Sqlite::open(&path).unwrap();
    // The job goes well, and then the commit does not.
    let fault = "CREATE TABLE one (x PRIMARY KEY); CREATE TABLE two (x REFERENCES one (x) DEFERRABLE INITIALLY DEFERRED); \
                 CREATE TRIGGER fault AFTER INSERT ON doc WHEN NEW.key = 'bad' BEGIN INSERT INTO two VALUES (1); END";
    Connection::open(&path).unwrap().execute_batch(fault).unwrap();
    assert_eq!(store.put("k", "bad", None, Bytes::new()).await.unwrap_err().code(), Code::Bug);
    assert_eq!(store.get("k", "bad").await.unwrap(), None);
    store.put("k", "good", None, Bytes::new()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn ids_are_remembered_for_the_retention_after_they_were_last_seen() {
    let day = Duration::from_secs(24 * 3600);
    let store = Sqlite::in_memory_with(Options { retention: 30 * day, ..Options::default() }).unwrap();
    let events = |ids: &[&str]| ids.iter().map(|id| NewEvent::new(*id, "x")).collect::<Vec<_>>();
    let first = store.commit("s", None, &events(&["once", "again"]), Bytes::new()).await.unwrap();
    tokio::time::advance(20 * day).await;
    let second = store.commit("s", Some(first.revision), &events(&["again"]), Bytes::new()).await.unwrap();
    assert_eq!((second.added, second.duplicates), (0, 1));
    tokio::time::advance(20 * day).await;
    let third = store.commit("s", Some(second.revision), &events(&["once", "again"]), Bytes::new()).await.unwrap();
    assert_eq!((third.added, third.duplicates), (1, 1), "seen 40 days and 20 days ago");
}

#[test]
fn a_runtime_that_is_shut_down_leaves_the_store_usable() {
    let store = Sqlite::in_memory().unwrap();
    for n in 0..20 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let one = store.clone();
        runtime.spawn(async move { one.put("k", &n.to_string(), None, Bytes::new()).await });
        runtime.block_on(tokio::task::yield_now());
        runtime.shutdown_background();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        store.put("k", "last", None, Bytes::new()).await.unwrap();
        assert!(store.get("k", "last").await.unwrap().is_some());
    });
}

// As version 4 wrote it, with an event and a task.
fn of_version_4(path: &Path) {
    drop(Sqlite::open(path).unwrap());
    let file = Connection::open(path).unwrap();
    file.execute_batch(
        "DROP TRIGGER event_at; ALTER TABLE event DROP COLUMN at; DROP INDEX task_area; DROP INDEX task_since; \
         ALTER TABLE task DROP COLUMN area; DROP TABLE share; DROP TABLE pause; PRAGMA user_version = 4; \
         INSERT INTO source (id, name, revision, cursor, last) VALUES (1, 's', 1, x'7b7d', 2); \
         INSERT INTO event (sequence, source, id, bytes) VALUES (2, 1, 'old', x'7b7d'); UPDATE counter SET value = 2; \
         INSERT INTO task (key, payload, ready, epoch, attempt, since) VALUES ('poll/main/1', x'', 0, 0, 0, 0);",
    )
    .unwrap();
}

#[tokio::test]
async fn a_store_of_an_older_version_is_opened_and_one_that_still_runs_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    of_version_4(&path);
    let before = jiff::Timestamp::now();
    let store = Sqlite::open(&path).unwrap();
    let old = store.page("s", 0, 10).await.unwrap().remove(0);
    let second = jiff::SignedDuration::from_secs(1);
    assert!(old.id == "old" && old.at >= before - second && old.at <= jiff::Timestamp::now() + second, "{old:?}");
    // A program of that version has the file open, and knows no times.
    raw(&path, "INSERT INTO event (sequence, source, id, bytes) VALUES (3, 1, 'late', x'7b7d')");
    raw(&path, "UPDATE source SET last = 3");
    raw(&path, "UPDATE counter SET value = 3");
    let late = store.page("s", 2, 10).await.unwrap().remove(0);
    assert!(late.id == "late" && late.at >= old.at && late.at <= jiff::Timestamp::now() + second, "{late:?}");
    store.join("s", "retention", Start::Oldest).await.unwrap();
    store.ack_older("s", "retention", Duration::from_secs(3600)).await.unwrap();
    assert_eq!(
        store.lag("s", "retention").await.unwrap().events,
        2,
        "nothing is taken for older than it is known to be"
    );
    assert_eq!(store.claim("poll/", "me", Duration::from_secs(60), 10).await.unwrap()[0].key, "poll/main/1");
}
