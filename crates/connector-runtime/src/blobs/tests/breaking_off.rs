//! An upload that breaks off, wherever it is, leaves nothing.

use std::sync::atomic::{AtomicBool, AtomicUsize};

use connector_sdk::{Code, Error};
use tokio::sync::Semaphore;

use super::cipher::CHUNK;
use super::*;

const BLOB: usize = 16 * CHUNK;

/// A store whose disk is full after some blobs, and that stores one only when it is let.
struct Gate {
    blobs: Arc<dyn BlobStore>,
    room: AtomicUsize,
    full: AtomicBool,
    open: Semaphore,
    arrived: Semaphore,
}

#[async_trait]
impl BlobStore for Arc<Gate> {
    async fn put(&self, name: &str, bytes: Bytes) -> Result<()> {
        self.arrived.add_permits(1);
        self.open.acquire().await.unwrap().forget();
        if self.full.load(Ordering::SeqCst)
            && self.room.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |room| room.checked_sub(1)).is_err()
        {
            return Err(Error::new(Code::Unavailable, "the storage of temporary files could not be written"));
        }
        self.blobs.put(name, bytes).await
    }
    async fn get(&self, name: &str, range: Range<u64>) -> Result<Option<BlobRange>> {
        self.blobs.get(name, range).await
    }
    async fn remove(&self, name: &str) -> Result<()> {
        self.blobs.remove(name).await
    }
    fn list(&self, space: &str) -> BlobList {
        self.blobs.list(space)
    }
}

fn gated(open: usize) -> (Stage, Arc<Gate>) {
    let mut made = None;
    let stage = Stage::built(FileLimits::default(), |blobs| {
        let gate = Arc::new(Gate {
            blobs,
            room: AtomicUsize::new(0),
            full: AtomicBool::new(false),
            open: Semaphore::new(open),
            arrived: Semaphore::new(0),
        });
        made = Some(gate.clone());
        Arc::new(gate)
    });
    (stage, made.unwrap())
}

#[tokio::test]
async fn a_writer_that_is_dropped_leaves_nothing() {
    let stage = Stage::new();
    for length in [0, 1, BLOB, BLOB + 1, 3 * BLOB + 1] {
        let mut writer = stage.files.create(&principal("one"), new("a.bin", None)).await.unwrap();
        writer.write(Bytes::from(bytes(length))).await.unwrap();
        drop(writer);
        stage.until_empty().await;
    }
    assert!(stage.files.list(&principal("one")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_disk_that_fills_up_ends_the_upload_and_leaves_nothing() {
    for room in 0..3 {
        let (stage, gate) = gated(1000);
        gate.room.store(room, Ordering::SeqCst);
        gate.full.store(true, Ordering::SeqCst);
        let mut writer = stage.files.create(&principal("one"), new("a.bin", None)).await.unwrap();
        let mut written = Ok(());
        for _ in 0..4 {
            written = writer.write(Bytes::from(bytes(BLOB))).await;
            if written.is_err() {
                break;
            }
        }
        let ended = match written {
            Ok(()) => writer.finish().await.map(|_| ()),
            failed => {
                assert_eq!(writer.finish().await.unwrap_err().code(), Code::Bug, "a hole is not passed over");
                failed
            }
        };
        assert_eq!(ended.unwrap_err().code(), Code::Unavailable, "{room}");
        stage.until_empty().await;
        // With room again it works.
        gate.full.store(false, Ordering::SeqCst);
        stage.store("one", &bytes(2 * BLOB)).await;
    }
}

#[tokio::test]
async fn a_full_disk_is_told_with_the_error_of_the_system() {
    // A file stands where the folder should be.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("files"), b"").unwrap();
    let error = blobs(&folder).put("a/b-0", Bytes::from_static(b"x")).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    assert!(error.advice().contains("permissions"), "{}", error.advice());
    let shown = format!("{error:?}");
    assert!(shown.to_lowercase().contains("exists"), "{shown}");
    assert!(!shown.contains(folder.path().to_str().unwrap()), "{shown}");
}

#[tokio::test]
async fn who_stops_waiting_in_the_middle_of_a_write_leaves_nothing() {
    let (stage, gate) = gated(1);
    let mut writer = stage.files.create(&principal("one"), new("a.bin", None)).await.unwrap();
    {
        let mut write = Box::pin(writer.write(Bytes::from(bytes(4 * BLOB))));
        tokio::select! {
            _ = &mut write => panic!("the second blob waits"),
            arrived = gate.arrived.acquire_many(2) => arrived.unwrap().forget(),
        }
    }
    let again = writer.write(Bytes::from_static(b"x")).await.unwrap_err();
    assert_eq!(again.code(), Code::Bug, "what is missing is not passed over");
    drop(writer);
    // Only now the blob arrives that was on its way.
    gate.open.add_permits(1000);
    stage.until_empty().await;
}

#[tokio::test]
async fn a_slow_store_holds_the_upload_back() {
    let (stage, gate) = gated(0);
    let mut writer = stage.files.create(&principal("one"), new("a.bin", None)).await.unwrap();
    let mut taken = 0;
    let blocked = loop {
        // A blob that is to be stored gets to its gate.
        tokio::task::yield_now().await;
        let mut write = Box::pin(writer.write(Bytes::from(bytes(CHUNK))));
        let waited = async {
            for _ in 0..1000 {
                tokio::task::yield_now().await;
            }
        };
        // Room is reserved in the database, which takes its time; a blob that is stored never comes back here.
        let held = gate.arrived.available_permits() > 0 && taken >= 2 * BLOB;
        tokio::select! {
            biased;
            written = &mut write => written.unwrap(),
            () = waited, if held => break taken,
        }
        taken += CHUNK;
        assert!(taken <= 3 * BLOB, "it takes more than it can hold");
    };
    assert!(blocked <= 2 * BLOB + CHUNK, "{blocked}");
    gate.open.add_permits(1000);
}

#[tokio::test]
async fn who_stops_waiting_for_the_end_leaves_a_whole_file_or_none() {
    let (stage, gate) = gated(0);
    let mut writer = stage.files.create(&principal("one"), new("a.bin", None)).await.unwrap();
    writer.write(Bytes::from_static(b"content")).await.unwrap();
    let mut finish = Box::pin(writer.finish());
    tokio::select! {
        _ = &mut finish => panic!("its blob waits"),
        arrived = gate.arrived.acquire() => arrived.unwrap().forget(),
    }
    drop(finish);
    gate.open.add_permits(1);
    let files = loop {
        let files = stage.files.list(&principal("one")).await.unwrap();
        if !files.is_empty() {
            break files;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(stage.read("one", &files[0].id).await.unwrap(), "content");
}
