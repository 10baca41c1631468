//! Files are gone when they expire, and what was left over is removed.

use connector_sdk::Code;

use super::cipher::CHUNK;
use super::*;
use crate::store::Store;

const HOUR: i64 = 3600;
const MINUTE: i64 = 60;
const BLOB: usize = 16 * CHUNK;

#[tokio::test]
async fn an_expired_file_is_gone_at_once_and_its_blobs_later() {
    let stage = Stage::new();
    let old = stage.store("one", &bytes(2 * BLOB)).await;
    let reading = stage.files.find(&principal("one"), &old.id).await.unwrap().open(None).await.unwrap();
    stage.pass(30 * MINUTE);
    let young = stage.store("one", b"young").await;
    stage.pass(30 * MINUTE);
    assert_eq!(stage.read("one", &old.id).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(stage.files.remove(&principal("one"), &old.id).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(stage.files.list(&principal("one")).await.unwrap(), std::slice::from_ref(&young));
    assert!(stage.has_room_for("one", (1 << 30) - 5).await, "it does not count any more");
    assert_eq!(stage.files.remove_expired().await.unwrap(), (1, 0));
    // Whoever was reading reads on.
    assert!(read_to_end(reading.content, usize::MAX).await.unwrap() == bytes(2 * BLOB));
    stage.pass(11 * MINUTE);
    assert_eq!(stage.files.remove_expired().await.unwrap(), (0, 2));
    assert_eq!(stage.read("one", &young.id).await.unwrap(), "young");
    stage.pass(HOUR);
    assert_eq!(stage.files.remove_expired().await.unwrap(), (1, 1));
    stage.until_empty().await;
}

#[tokio::test]
async fn what_a_killed_upload_has_left_is_removed_and_nothing_else() {
    let stage = Stage::new();
    let mut killed = stage.files.create(&principal("one"), new("a.bin", Some(3 * BLOB as u64))).await.unwrap();
    killed.write(Bytes::from(bytes(2 * BLOB + 1))).await.unwrap();
    // The end of a process: nothing is dropped in order.
    std::mem::forget(killed);
    while stage.stored().len() < 2 {
        tokio::task::yield_now().await;
    }
    // One of its blobs was half written.
    let (whole, partial) = (stage.stored()[0].clone(), stage.stored()[0].replace("-0", "-2#1"));
    assert_ne!(whole, partial);
    std::fs::write(&partial, b"x").unwrap();
    // Files of somebody else are not touched.
    let foreign = stage.folder.path().join("files").join("readme-1");
    std::fs::write(&foreign, b"x").unwrap();
    assert!(!stage.has_room_for("one", 1 << 30).await, "the room is reserved");
    assert_eq!(stage.files.remove_expired().await.unwrap(), (0, 0), "it may go on");
    stage.pass(HOUR);
    assert!(stage.has_room_for("one", 1 << 30).await, "the reservation has ended by itself");
    stage.pass(11 * MINUTE);
    let kept = stage.store("one", b"kept").await;
    assert_eq!(stage.files.remove_expired().await.unwrap(), (0, 3));
    assert_eq!(stage.read("one", &kept.id).await.unwrap(), "kept");
    assert!(foreign.exists() && stage.stored().len() == 2, "{:?}", stage.stored());
}

#[tokio::test]
async fn an_upload_that_takes_longer_than_a_file_lives_is_ended() {
    let stage = Stage::new();
    let begin = async || stage.files.create(&principal("one"), new("a.bin", None)).await.unwrap();
    let (mut slow, late) = (begin().await, begin().await);
    slow.write(Bytes::from_static(b"x")).await.unwrap();
    stage.pass(HOUR);
    assert_eq!(slow.write(Bytes::from_static(b"x")).await.unwrap_err().code(), Code::InvalidInput);
    assert_eq!(late.finish().await.unwrap_err().code(), Code::InvalidInput);
    let mut other = begin().await;
    stage.pass(59 * MINUTE);
    other.write(Bytes::from_static(b"x")).await.unwrap();
    let file = other.finish().await.unwrap();
    stage.pass(59 * MINUTE);
    assert!(stage.read("one", &file.id).await.is_ok(), "it lives from its last byte on");
}

#[tokio::test]
async fn two_stores_know_their_own_in_one_folder() {
    let (one, mut two) = (Stage::new(), Stage::new());
    two.files = open(&two.folder, FileLimits::default(), Arc::new(blobs(&one.folder)), &two.later);
    let (mine, theirs) = (one.store("one", b"mine").await, two.store("one", b"theirs").await);
    assert_eq!(one.stored().len(), 2);
    one.pass(3 * HOUR);
    assert_eq!(one.files.remove_expired().await.unwrap(), (1, 1));
    assert!(one.read("one", &mine.id).await.is_err());
    assert_eq!(two.read("one", &theirs.id).await.unwrap(), "theirs");
}

#[tokio::test]
async fn the_removal_is_one_task_of_all_processes() {
    let stage = Stage::new();
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(stage.folder.path().join("tenon.db")).unwrap());
    stage.store("one", b"x").await;
    stage.pass(3 * HOUR);
    stage.files.remove_if_due(&store);
    while !stage.stored().is_empty() {
        tokio::task::yield_now().await;
    }
    let due = loop {
        match store.next_due("prune/").await.unwrap() {
            Some(due) if !due.is_zero() => break due,
            _ => tokio::task::yield_now().await,
        }
    };
    assert!(due <= Duration::from_secs(600), "{due:?}");
    // Another process asks, and has nothing to do.
    stage.store("one", b"x").await;
    stage.pass(3 * HOUR);
    let other = open(&stage.folder, FileLimits::default(), Arc::new(blobs(&stage.folder)), &stage.later);
    other.remove_if_due(&store);
    assert!(store.claim("prune/", "test", Duration::from_secs(1), 1).await.unwrap().is_empty());
    assert_eq!(stage.stored().len(), 1);
    // It outlives nothing of it: what is removed by hand is removed.
    assert_eq!(other.remove_expired().await.unwrap(), (1, 1));
}
