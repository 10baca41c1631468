use std::collections::BTreeSet;
use std::fs;

use super::*;

async fn store(files: &LocalFiles, name: &str, content: &'static str) -> Result<File> {
    let mut writer = files.create(name, "text/plain", None).await?;
    writer.write(Bytes::from_static(content.as_bytes())).await?;
    writer.finish().await
}

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_file_appears_when_it_is_complete_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = LocalFiles::new().store_at(folder.path()).unwrap();
    let mut writer = files.create("../a.txt", "text/plain", None).await.unwrap();
    writer.write(Bytes::from_static(b"one")).await.unwrap();
    assert!(!names(folder.path()).iter().any(|name| name.ends_with("a.txt")));
    let file = writer.finish().await.unwrap();
    assert_eq!((file.size, names(folder.path())), (3, BTreeSet::from(["_a.txt".to_owned()])));
    assert!(store(&files, "_a.txt", "two").await.unwrap().path.unwrap().ends_with("_a (2).txt"));
    assert_eq!(fs::read_to_string(folder.path().join("_a.txt")).unwrap(), "one");
    drop(files.create("b.txt", "text/plain", None).await.unwrap());
    assert_eq!(names(folder.path()).len(), 2, "a dropped writer leaves nothing behind");
}

#[tokio::test]
async fn downloads_of_one_name_are_all_stored() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{}.txt", "n".repeat(251));
    for name in ["a.txt", &long] {
        let files = LocalFiles::new().store_at(folder.path()).unwrap();
        // All of them are begun before one ends.
        let mut writers = Vec::new();
        for number in 0..20 {
            let mut writer = files.create(name, "text/plain", None).await.unwrap();
            writer.write(format!("{number}").into()).await.unwrap();
            writers.push(tokio::spawn(writer.finish()));
        }
        let mut contents = BTreeSet::new();
        for writer in writers {
            contents.insert(fs::read_to_string(writer.await.unwrap().unwrap().path.unwrap()).unwrap());
        }
        assert_eq!(contents.len(), 20, "{contents:?}");
    }
    assert_eq!(names(folder.path()).len(), 40);
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_before_and_numbered_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let files = LocalFiles::new().store_at(&path).unwrap();
    fs::write(&path, "mine").unwrap();
    assert!(store(&files, "x", "theirs").await.unwrap().path.unwrap().ends_with("a (2).txt"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    let error = LocalFiles::new().store_at(&path).unwrap_err();
    assert!(error.code() == Code::InvalidInput && error.message().contains("nothing is overwritten"), "{error}");
    for missing in ["missing/a.txt", "missing/"] {
        let error = LocalFiles::new().store_at(folder.path().join(missing)).unwrap_err();
        assert!(error.code() == Code::InvalidInput && error.message().contains("no folder"), "{error}");
    }
}

#[tokio::test]
#[cfg(unix)]
async fn what_is_guessed_and_linked_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let victim = folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    // The partial name of earlier versions, and the final one.
    for guess in [format!(".a.txt.part-{}", std::process::id()), "a.txt".to_owned()] {
        std::os::unix::fs::symlink(&victim, folder.path().join(guess)).unwrap();
    }
    let files = LocalFiles::new().store_at(folder.path()).unwrap();
    assert!(store(&files, "a.txt", "theirs").await.unwrap().path.unwrap().ends_with("a (2).txt"));
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn devices_are_written_into() {
    let files = |path: &str| LocalFiles::new().store_at(path).unwrap();
    let file = store(&files("/dev/null"), "a", "x").await.unwrap();
    assert_eq!((file.path.as_deref(), file.size), (Some("/dev/null"), 1));
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    let error = store(&files("/dev/full"), "a", "x").await.unwrap_err();
    assert_eq!(error.code(), Code::Output, "{error}");
    let cause = std::error::Error::source(&error).and_then(<dyn std::error::Error>::downcast_ref::<io::Error>).unwrap();
    assert_eq!(cause.kind(), io::ErrorKind::StorageFull);
}

#[tokio::test]
async fn parts_of_an_attached_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    fs::write(&path, "0123456789").unwrap();
    let files = LocalFiles::new().attach("x", &path).unwrap();
    assert_eq!(files.meta("x").unwrap().size, 10);
    assert_eq!(files.read("x", 3..6).await.unwrap(), "345");
    assert!(files.read("y", 0..1).await.is_err());
    assert!(LocalFiles::new().attach("x", folder.path()).is_err());
}
