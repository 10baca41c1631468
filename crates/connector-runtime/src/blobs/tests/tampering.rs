//! Content that was changed behind the host's back is noticed, and none of it is handed out.

use connector_sdk::Code;
use futures_util::StreamExt;

use super::cipher::{CHUNK, SEALED_CHUNK};
use super::*;

type Blobs = Vec<Vec<u8>>;

/// A way to change the blobs of a file; the second argument are those of another file of the same length.
type Change = fn(&mut Blobs, &Blobs);

const CHANGES: &[(&str, Change)] = &[
    ("a bit of the first chunk", |blobs, _| blobs[0][0] ^= 1),
    ("a bit of a tag", |blobs, _| blobs[0][SEALED_CHUNK - 1] ^= 0x80),
    ("a bit of the last chunk", |blobs, _| *blobs[2].last_mut().unwrap() ^= 1),
    ("the last byte is cut off", |blobs, _| _ = blobs[2].pop()),
    ("the last chunk is cut off", |blobs, _| blobs[2].truncate(SEALED_CHUNK)),
    ("the last blob is empty", |blobs, _| blobs[2].clear()),
    ("a blob in the middle is cut", |blobs, _| blobs[1].truncate(15 * SEALED_CHUNK)),
    ("the first blob is empty", |blobs, _| blobs[0].clear()),
    ("a byte is appended", |blobs, _| blobs[2].push(0)),
    ("a chunk is appended", |blobs, _| {
        let chunk = blobs[0][..SEALED_CHUNK].to_vec();
        blobs[2].extend(chunk);
    }),
    ("a chunk is appended in the middle", |blobs, _| {
        let chunk = blobs[1][..SEALED_CHUNK].to_vec();
        blobs[0].extend(chunk);
    }),
    ("two chunks are swapped", |blobs, _| {
        let (one, other) = blobs[0].split_at_mut(SEALED_CHUNK);
        one.swap_with_slice(&mut other[..SEALED_CHUNK]);
    }),
    ("two chunks of two blobs are swapped", |blobs, _| {
        let (one, other) = blobs.split_at_mut(1);
        one[0][..SEALED_CHUNK].swap_with_slice(&mut other[0][..SEALED_CHUNK]);
    }),
    ("two blobs are swapped", |blobs, _| blobs.swap(0, 1)),
    ("a chunk is repeated", |blobs, _| blobs[0].copy_within(..SEALED_CHUNK, SEALED_CHUNK)),
    ("a chunk is missing", |blobs, _| {
        let all = blobs.concat();
        let rest = [&all[..SEALED_CHUNK], &all[2 * SEALED_CHUNK..]].concat();
        *blobs = rest.chunks(16 * SEALED_CHUNK).map(<[u8]>::to_vec).collect();
    }),
    ("a chunk of another file", |blobs, other| {
        blobs[1][..SEALED_CHUNK].copy_from_slice(&other[1][..SEALED_CHUNK]);
    }),
    ("the last blob of another file", |blobs, other| blobs[2] = other[2].clone()),
    ("all of another file", |blobs, other| *blobs = other.clone()),
];

fn path(stage: &Stage, id: &str, number: usize) -> String {
    stage.stored().into_iter().find(|name| name.ends_with(&format!("{id}-{number}"))).unwrap()
}

#[tokio::test]
async fn every_change_is_noticed_before_anything_wrong_is_handed_out() {
    let stage = Stage::new();
    let content = bytes(33 * CHUNK + 100);
    let file = stage.store("one", &content).await;
    let other = stage.store("one", &content).await;
    let blobs_of = |id: &str| -> Blobs { (0..3).map(|n| std::fs::read(path(&stage, id, n)).unwrap()).collect() };
    let paths: Vec<_> = (0..3).map(|number| path(&stage, &file.id, number)).collect();
    let (good, foreign) = (blobs_of(&file.id), blobs_of(&other.id));
    for (name, change) in CHANGES {
        let mut changed = good.clone();
        change(&mut changed, &foreign);
        assert!(changed != good, "{name}");
        for (path, blob) in paths.iter().zip(&changed) {
            std::fs::write(path, blob).unwrap();
        }
        let (mut read, mut error) = (Vec::new(), None);
        match stage.files.find(&principal("one"), &file.id).await.unwrap().open(None).await {
            Err(found) => error = Some(found),
            Ok(mut opened) => {
                while let Some(part) = opened.content.next().await {
                    match part {
                        Ok(part) => read.extend_from_slice(&part),
                        Err(found) => error = Some(found),
                    }
                }
            }
        }
        let error = error.unwrap_or_else(|| panic!("{name}: it was not noticed"));
        assert_eq!(error.code(), Code::Unavailable, "{name}: {error:?}");
        assert!(content.starts_with(&read), "{name}: what was read before is right");
        for (path, blob) in paths.iter().zip(&good) {
            std::fs::write(path, blob).unwrap();
        }
    }
    assert!(stage.read("one", &file.id).await.unwrap() == content);
    std::fs::remove_file(&paths[1]).unwrap();
    assert_eq!(stage.read("one", &file.id).await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn an_empty_file_is_not_one_that_was_emptied() {
    let stage = Stage::new();
    let (empty, full) = (stage.store("one", b"").await, stage.store("one", b"x").await);
    assert!(stage.read("one", &empty.id).await.unwrap().is_empty());
    let emptied = std::fs::read(path(&stage, &empty.id, 0)).unwrap();
    std::fs::write(path(&stage, &full.id, 0), &emptied).unwrap();
    assert!(stage.read("one", &full.id).await.is_err());
    std::fs::write(path(&stage, &empty.id, 0), b"").unwrap();
    assert!(stage.read("one", &empty.id).await.is_err());
}

#[tokio::test]
async fn without_its_document_and_with_that_of_another_file_it_cannot_be_read() {
    use crate::store::DocumentStore as _;
    let stage = Stage::new();
    let (one, other) = (stage.store("one", b"first").await, stage.store("one", b"other").await);
    let store = Sqlite::open(stage.folder.path().join("tenon.db")).unwrap();
    let key = |file: &TemporaryFile| format!("main/{}", file.id);
    let (mine, foreign) = (
        store.get("sealed.blob", &key(&one)).await.unwrap().unwrap(),
        store.get("sealed.blob", &key(&other)).await.unwrap().unwrap(),
    );
    store.put("sealed.blob", &key(&one), Some(mine.revision), foreign.bytes).await.unwrap();
    assert!(stage.read("one", &one.id).await.is_err(), "the document is bound to its file");
    store.remove("sealed.blob", &key(&other), foreign.revision).await.unwrap();
    assert_eq!(stage.read("one", &other.id).await.unwrap_err().code(), Code::NotFound);
}
