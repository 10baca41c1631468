//! No principal passes its quota, however many uploads it makes at once.

use connector_sdk::Code;

use super::*;

const PIECE: usize = 100_000;

fn limits() -> FileLimits {
    FileLimits::default().quota(10 * PIECE as u64)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_uploads_at_once_pass_it_together_no_further_than_one() {
    for declared in [true, false] {
        let stage = Stage::with(limits());
        // Two processes: each has the store open for itself.
        let other = open(&stage.folder, limits(), Arc::new(blobs(&stage.folder)), &stage.later);
        let gate = Arc::new(tokio::sync::Barrier::new(20));
        let uploads: Vec<_> = (0..20)
            .map(|at| {
                let files = if at % 2 == 0 { stage.files.clone() } else { other.clone() };
                let gate = gate.clone();
                tokio::spawn(async move {
                    let length = declared.then_some(PIECE as u64);
                    let mut writer = match files.create(&principal("one"), new("a.bin", length)).await {
                        Ok(writer) => writer,
                        Err(error) => {
                            gate.wait().await;
                            return Err(error);
                        }
                    };
                    // All have begun before one writes.
                    gate.wait().await;
                    for piece in bytes(PIECE).chunks(PIECE / 4) {
                        writer.write(Bytes::copy_from_slice(piece)).await?;
                    }
                    writer.finish().await
                })
            })
            .collect();
        let mut stored = 0;
        for upload in uploads {
            match upload.await.unwrap() {
                Ok(file) => stored += file.size,
                Err(error) => assert_eq!((error.code(), error.reason()), (Code::Denied, Some("quota")), "{error:?}"),
            }
        }
        assert!(stored <= 10 * PIECE as u64, "{stored}");
        if declared {
            assert_eq!(stored, 10 * PIECE as u64, "what there is room for is stored");
        }
        let listed = stage.files.list(&principal("one")).await.unwrap();
        assert_eq!(listed.iter().map(|file| file.size).sum::<u64>(), stored);
        // What broke off has given its room back, and another principal has a quota of its own.
        let left = 10 * PIECE as u64 - stored;
        while left > 0 && !stage.has_room_for("one", left).await {
            tokio::task::yield_now().await;
        }
        assert!(!stage.has_room_for("one", left + 1).await);
        assert!(stage.has_room_for("other", 10 * PIECE as u64).await);
    }
}

#[tokio::test]
async fn a_file_of_unknown_length_takes_what_it_needs() {
    let stage = Stage::with(limits());
    let most = bytes(10 * PIECE);
    let file = stage.store("one", &most).await;
    assert!(stage.read("one", &file.id).await.unwrap() == most, "all of the quota can be used");
    let error = stage.files.create(&principal("one"), new("b.bin", Some(1))).await.err().unwrap();
    assert_eq!(error.reason(), Some("quota"));
    let mut writer = stage.files.create(&principal("one"), new("b.bin", None)).await.unwrap();
    let error = writer.write(Bytes::from_static(b"x")).await.unwrap_err();
    assert!(error.reason() == Some("quota") && error.message().contains("0 are free"), "{error}");
    stage.files.remove(&principal("one"), &file.id).await.unwrap();
    assert!(stage.has_room_for("one", 10 * PIECE as u64).await, "a removed file gives its room back");
}

#[tokio::test]
async fn a_finished_file_counts_with_its_size_alone() {
    let stage = Stage::with(limits());
    let announced = new("a.bin", None).announced(Some(9 * PIECE as u64));
    let mut writer = stage.files.create(&principal("one"), announced).await.unwrap();
    assert!(!stage.has_room_for("one", 2 * PIECE as u64).await, "what was announced is reserved");
    writer.write(Bytes::from(bytes(PIECE))).await.unwrap();
    writer.finish().await.unwrap();
    assert!(stage.has_room_for("one", 9 * PIECE as u64).await);
    assert!(!stage.has_room_for("one", 9 * PIECE as u64 + 1).await);
}

#[tokio::test]
async fn a_declared_length_is_kept_to() {
    let stage = Stage::new();
    let begin = || async { stage.files.create(&principal("one"), new("a.bin", Some(10))).await.unwrap() };
    let mut longer = begin().await;
    longer.write(Bytes::from_static(b"0123456")).await.unwrap();
    assert_eq!(longer.write(Bytes::from_static(b"789x")).await.unwrap_err().code(), Code::InvalidInput);
    drop(longer);
    let mut shorter = begin().await;
    shorter.write(Bytes::from_static(b"012345678")).await.unwrap();
    assert_eq!(shorter.finish().await.unwrap_err().code(), Code::InvalidInput);
    stage.until_empty().await;
    let mut right = begin().await;
    right.write(Bytes::from_static(b"0123456789")).await.unwrap();
    assert_eq!(right.finish().await.unwrap().size, 10);
}

#[tokio::test]
async fn a_principal_has_so_many_files_and_no_more() {
    let stage = Stage::with(FileLimits::default().files(3));
    let mut kept = Vec::new();
    for _ in 0..3 {
        kept.push(stage.store("one", b"").await);
    }
    let error = stage.files.create(&principal("one"), new("a.bin", None)).await.err().unwrap();
    assert_eq!((error.code(), error.reason()), (Code::Denied, Some("quota")));
    stage.store("other", b"").await;
    stage.files.remove(&principal("one"), &kept[0].id).await.unwrap();
    stage.store("one", b"").await;
}

#[tokio::test]
async fn what_is_no_media_type_is_refused_and_names_are_made_safe() {
    for media in ["", "pdf", "text/plain\r\nx: y", "text/ä", &format!("a/{}", "b".repeat(300))] {
        assert_eq!(NewTemporaryFile::new("a", media, None).unwrap_err().code(), Code::InvalidInput, "{media}");
    }
    let stage = Stage::new();
    let new = NewTemporaryFile::new("../../etc/passwd", "text/plain; charset=utf-8", None).unwrap();
    let file = stage.files.create(&principal("one"), new).await.unwrap().finish().await.unwrap();
    assert!(!file.name.contains('/'), "{}", file.name);
}
