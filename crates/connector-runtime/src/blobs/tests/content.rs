//! What is stored comes back, whole and in ranges, in flat memory, and is nowhere to be read.

use std::sync::atomic::AtomicUsize;

use connector_sdk::ByteRange;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};

use super::cipher::CHUNK;
use super::*;

const BLOB: usize = 16 * CHUNK;

#[tokio::test]
async fn any_length_comes_back() {
    let stage = Stage::new();
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, BLOB - 1, BLOB, BLOB + 1, 2 * BLOB, 2 * BLOB + CHUNK + 7] {
        let content = bytes(length);
        let file = stage.store("one", &content).await;
        assert_eq!((file.size, &file.name[..]), (length as u64, "a.bin"));
        assert_eq!(file.sha256, hex::encode(Sha256::digest(&content)));
        assert!(stage.read("one", &file.id).await.unwrap() == content, "{length}");
        assert_eq!(stage.files.find(&principal("one"), &file.id).await.unwrap().info(), &file);
    }
    assert_eq!(stage.files.list(&principal("one")).await.unwrap().len(), 10);
}

#[tokio::test]
async fn ranges_are_right_at_every_border() {
    let stage = Stage::new();
    let content = bytes(2 * BLOB + CHUNK + 5);
    let file = stage.store("one", &content).await;
    let stored = stage.files.find(&principal("one"), &file.id).await.unwrap();
    let size = content.len();
    let borders = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, BLOB - 1, BLOB, BLOB + 1, 2 * BLOB, 2 * BLOB + CHUNK, size - 1];
    let mut read = 0;
    for from in borders {
        for to in borders.into_iter().filter(|to| *to >= from) {
            let range = ByteRange::Between(from as u64, to as u64);
            let opened = stage.files.find(&principal("one"), &file.id).await.unwrap().open(Some(range)).await.unwrap();
            assert_eq!(opened.range, from as u64..to as u64 + 1);
            let streamed = read_to_end(opened.content, usize::MAX).await.unwrap();
            assert!(streamed == content[from..=to], "{from}-{to}");
            assert!(stored.read(from as u64..to as u64 + 1).await.unwrap() == content[from..=to], "{from}-{to}");
            read += 1;
        }
    }
    assert_eq!(read, 66);
    let beyond = stored.read(size as u64 - 3..size as u64 + 100).await.unwrap();
    assert!(beyond == content[size - 3..], "a range beyond the end is cut");
    assert!(stored.read(5..5).await.unwrap().is_empty());
    let behind = stage.files.find(&principal("one"), &file.id).await.unwrap();
    let error = behind.open(Some(ByteRange::From(size as u64))).await.err().unwrap();
    assert_eq!(error.reason(), Some("range"));
}

#[tokio::test]
async fn nothing_of_a_file_is_stored_in_the_clear() {
    let stage = Stage::new();
    let canary = b"canary-4711-canary-4711";
    let mut writer = stage.files.create(&principal("one"), new("canary-name.txt", None)).await.unwrap();
    for _ in 0..100_000 {
        writer.write(Bytes::from_static(canary)).await.unwrap();
    }
    let file = writer.finish().await.unwrap();
    let (mut names, mut bytes) = (Vec::new(), 0);
    walk(stage.folder.path(), &mut names);
    for name in names {
        let stored = std::fs::read(&name).unwrap();
        bytes += stored.len();
        for canary in [&b"canary"[..], file.sha256.as_bytes()] {
            assert!(stored.windows(canary.len()).all(|window| window != canary), "{name}");
        }
    }
    assert!(bytes > canary.len() * 100_000, "all of it was searched: {bytes}");
}

#[tokio::test]
#[cfg(unix)]
async fn the_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new();
    assert!(!stage.folder.path().join("files").exists(), "it is made when it is needed");
    stage.store("one", b"x").await;
    let mode = std::fs::metadata(stage.folder.path().join("files")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// Counts what is on its way.
struct Counting {
    blobs: Arc<dyn BlobStore>,
    largest: AtomicUsize,
    writing: AtomicUsize,
    most_writing: AtomicUsize,
    read: AtomicUsize,
}

#[async_trait]
impl BlobStore for Arc<Counting> {
    async fn put(&self, name: &str, bytes: Bytes) -> Result<()> {
        self.largest.fetch_max(bytes.len(), Ordering::SeqCst);
        let writing = self.writing.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_writing.fetch_max(writing, Ordering::SeqCst);
        let put = self.blobs.put(name, bytes).await;
        self.writing.fetch_sub(1, Ordering::SeqCst);
        put
    }
    async fn get(&self, name: &str, range: Range<u64>) -> Result<Option<BlobRange>> {
        self.read.fetch_add(1, Ordering::SeqCst);
        self.blobs.get(name, range).await
    }
    async fn remove(&self, name: &str) -> Result<()> {
        self.blobs.remove(name).await
    }
    fn list(&self, space: &str) -> BlobList {
        self.blobs.list(space)
    }
}

#[tokio::test]
async fn two_hundred_megabytes_go_through_a_megabyte_at_a_time() {
    let mut counting = None;
    let stage = Stage::built(FileLimits::default(), |blobs| {
        let zero = AtomicUsize::default;
        let counts = Arc::new(Counting { blobs, largest: zero(), writing: zero(), most_writing: zero(), read: zero() });
        counting = Some(counts.clone());
        Arc::new(counts)
    });
    let counting = counting.unwrap();
    let before = resident();
    let piece = Bytes::from(bytes(1 << 20));
    let mut writer = stage.files.create(&principal("one"), new("large.bin", Some(200 << 20))).await.unwrap();
    for _ in 0..200 {
        writer.write(piece.clone()).await.unwrap();
    }
    let file = writer.finish().await.unwrap();
    let written = resident();
    let mut opened = stage.files.find(&principal("one"), &file.id).await.unwrap().open(None).await.unwrap();
    assert_eq!(counting.read.load(Ordering::SeqCst), 1, "no more is read than was asked for");
    let (mut size, mut hash) = (0_u64, Sha256::new());
    while let Some(part) = opened.content.next().await {
        let part = part.unwrap();
        assert!(part.len() <= BLOB);
        hash.update(&part);
        size += part.len() as u64;
    }
    assert_eq!((size, hex::encode(hash.finalize())), (200 << 20, file.sha256));
    assert_eq!(counting.read.load(Ordering::SeqCst), 200);
    assert_eq!(counting.most_writing.load(Ordering::SeqCst), 1);
    assert!(counting.largest.load(Ordering::SeqCst) <= BLOB + 16 * 16);
    // What the process has in memory, in KiB, where the system says so; shown with `--nocapture`.
    #[expect(clippy::print_stdout, reason = "it is measured by hand")]
    if let (Some(before), Some(written), Some(read)) = (before, written, resident()) {
        println!("resident: {before} KiB, after the upload {written}, after the download {read}");
    }
}

fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
