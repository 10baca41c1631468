use std::sync::Arc;

use connector_sdk::{ByteRange, Code, DownloadName, ExpectedContent, File, QuickXor, Request, Result};
use graph_client::Session;

use super::{begin, client};
use crate::stage::{Memory, Reply, Seen, Stage, content, session};

const TEXT: &[u8] = b"0123456789abcdefghij";

async fn fetch(stage: &Arc<Stage>, name: DownloadName) -> Result<File> {
    load(stage, report(), name).await
}

fn report() -> Request {
    Request::get("/me/drive/root:/{path}:/content").path_segments("path", "a/report.txt")
}

async fn load(stage: &Arc<Stage>, request: Request, name: DownloadName) -> Result<File> {
    let session = Session { files: Arc::new(Memory::default()), ..session() };
    client(stage).await.run(request.download(name), &session, &mut Vec::new()).await
}

/// Returns `TEXT` in the requested range, and breaks off after `piece` bytes.
fn serve(seen: &Seen, piece: usize, tag: &str) -> Reply {
    let start = seen
        .header("range")
        .map_or(0, |range| range.trim_start_matches("bytes=").trim_end_matches('-').parse::<usize>().unwrap());
    let end = (start + piece).min(TEXT.len());
    let reply = Reply::new(if start == 0 { 200 } else { 206 }, TEXT[start..end].to_vec())
        .header("etag", tag)
        .header("content-length", TEXT.len() - start);
    let reply = if start == 0 {
        reply
    } else {
        reply.header("content-range", format!("bytes {start}-{}/{}", TEXT.len() - 1, TEXT.len()))
    };
    if end == TEXT.len() { reply } else { reply.broken() }
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    begin();
    let stage = Stage::new(|seen| serve(seen, 7, "\"v1\""));
    let file = fetch(&stage, DownloadName::default()).await.unwrap();
    assert_eq!((content(&file), file.size), (TEXT.to_vec(), 20));
    let ranges: Vec<_> = stage
        .seen()
        .iter()
        .map(|seen| (seen.header("range").map(str::to_owned), seen.header("if-range").map(str::to_owned)))
        .collect();
    let tag = || Some("\"v1\"".to_owned());
    assert_eq!(ranges, [(None, None), (Some("bytes=7-".into()), tag()), (Some("bytes=14-".into()), tag())]);
}

#[tokio::test]
async fn a_server_without_ranges_begins_anew() {
    begin();
    let stage = Stage::new(|seen| {
        let reply = Reply::new(200, if seen.number == 0 { TEXT[..9].to_vec() } else { TEXT.to_vec() })
            .header("content-length", TEXT.len());
        if seen.number == 0 { reply.broken() } else { reply }
    });
    assert_eq!(content(&fetch(&stage, DownloadName::default()).await.unwrap()), TEXT);
}

#[tokio::test]
async fn a_file_that_changes_is_noticed() {
    begin();
    let stage = Stage::new(|seen| {
        if seen.number == 0 {
            serve(seen, 7, "\"v1\"")
        } else {
            Reply::new(200, TEXT).header("etag", "\"v2\"").header("content-length", TEXT.len())
        }
    });
    assert_eq!(fetch(&stage, DownloadName::default()).await.unwrap_err().code(), Code::Conflict);
    let stage = Stage::new(|seen| {
        if seen.number == 0 {
            serve(seen, 7, "\"v1\"")
        } else {
            Reply::new(206, "x").header("content-range", "bytes 3-19/20")
        }
    });
    assert_eq!(fetch(&stage, DownloadName::default()).await.unwrap_err().code(), Code::Conflict);
}

#[tokio::test]
async fn the_size_is_verified() {
    begin();
    // It ends early without an error: the same as a break.
    let stage = Stage::new(|seen| {
        if seen.number == 0 { Reply::new(200, &TEXT[..5]).header("content-length", 20) } else { serve(seen, 99, "x") }
    });
    assert_eq!(content(&fetch(&stage, DownloadName::default()).await.unwrap()), TEXT);
}

#[tokio::test]
async fn ends_that_cannot_be_resumed() {
    begin();
    // Neither a tag nor a size: what comes next need not belong to what is here.
    let stage = Stage::new(|_| Reply::new(200, &TEXT[..5]).broken());
    assert_eq!(
        (fetch(&stage, DownloadName::default()).await.unwrap_err().code(), stage.count()),
        (Code::Unavailable, 1)
    );
    // No progress at all.
    let stage = Stage::new(|_| Reply::new(200, "").header("content-length", 20).broken());
    assert_eq!(
        (fetch(&stage, DownloadName::default()).await.unwrap_err().code(), stage.count()),
        (Code::Unavailable, 4)
    );
    let stage = Stage::new(|_| Reply::new(404, ""));
    assert_eq!(fetch(&stage, DownloadName::default()).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn names() {
    begin();
    let name = async |reply: fn() -> Reply, name: DownloadName| {
        let file = fetch(&Stage::new(move |_| reply()), name).await.unwrap();
        (file.name, file.original_name, file.content_type)
    };
    let plain = || {
        Reply::new(200, "x")
            .header("content-type", "text/plain")
            .header("content-disposition", r#"attachment; filename="../b.txt""#)
    };
    assert_eq!(
        name(plain, DownloadName::default()).await,
        ("_b.txt".into(), Some("../b.txt".into()), "text/plain".into())
    );
    let given = DownloadName::default().with_name("c".to_owned()).with_content_type("a/b".to_owned());
    assert_eq!(name(plain, given).await, ("c".into(), None, "a/b".into()));
    assert_eq!(
        name(|| Reply::new(200, "x"), DownloadName::default()).await,
        ("report.txt".into(), None, "application/octet-stream".into())
    );
    assert_eq!(name(|| Reply::new(204, ""), DownloadName::default()).await.0, "report.txt");
}

/// Returns the requested range of `TEXT`, and breaks off after `piece` bytes.
fn serve_part(seen: &Seen, piece: usize) -> Reply {
    let range: ByteRange = seen.header("range").unwrap().parse().unwrap();
    let (start, end) = match range {
        ByteRange::From(first) => (first as usize, TEXT.len()),
        ByteRange::Between(first, last) => (first as usize, (last as usize + 1).min(TEXT.len())),
        ByteRange::Last(count) => (TEXT.len() - count as usize, TEXT.len()),
    };
    let cut = (start + piece).min(end);
    let reply = Reply::new(206, TEXT[start..cut].to_vec())
        .header("etag", "\"v1\"")
        .header("content-length", end - start)
        .header("content-range", format!("bytes {start}-{}/{}", end - 1, TEXT.len()));
    if cut == end { reply } else { reply.broken() }
}

#[tokio::test]
async fn a_part_goes_on_where_it_broke_off() {
    begin();
    for (range, expected, asked) in [
        ("5-14", &TEXT[5..15], ["bytes=5-14", "bytes=9-14", "bytes=13-14"]),
        ("12-", &TEXT[12..], ["bytes=12-", "bytes=16-", ""]),
        ("-9", &TEXT[11..], ["bytes=-9", "bytes=15-19", "bytes=19-19"]),
    ] {
        let stage = Stage::new(|seen| serve_part(seen, 4));
        let file = load(&stage, report().byte_range(range.parse().unwrap()), DownloadName::default()).await.unwrap();
        assert_eq!(content(&file), expected, "{range}");
        let seen: Vec<_> = stage.seen().iter().map(|seen| seen.header("range").unwrap().to_owned()).collect();
        assert_eq!(seen, asked.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_part_that_is_another_one_is_noticed() {
    begin();
    let part = |text: &str| report().byte_range(text.parse().unwrap());
    // The whole in place of the part.
    let stage = Stage::new(|_| Reply::new(200, TEXT).header("content-length", TEXT.len()));
    assert_eq!(load(&stage, part("5-"), DownloadName::default()).await.unwrap_err().code(), Code::Protocol);
    // Another part.
    let stage =
        Stage::new(|_| Reply::new(206, "x").header("content-range", "bytes 3-3/20").header("content-length", 1));
    assert_eq!(load(&stage, part("5-5"), DownloadName::default()).await.unwrap_err().code(), Code::Protocol);
    // The file has become longer in between.
    let stage = Stage::new(|seen| match seen.number {
        0 => serve_part(seen, 4),
        _ => Reply::new(206, "x").header("content-range", "bytes 9-14/21").header("content-length", 6),
    });
    assert_eq!(load(&stage, part("5-14"), DownloadName::default()).await.unwrap_err().code(), Code::Conflict);
}

#[tokio::test]
async fn the_hash_is_verified_across_breaks() {
    begin();
    let expecting =
        |content: &[u8]| report().expect(ExpectedContent::new(Some(content.len() as u64), Some(QuickXor::of(content))));
    let stage = Stage::new(|seen| serve(seen, 7, "\"v1\""));
    let file = load(&stage, expecting(TEXT), DownloadName::default()).await.unwrap();
    assert_eq!((content(&file), stage.count()), (TEXT.to_vec(), 3));
    // As long, and not the same.
    let other: Vec<u8> = TEXT.iter().rev().copied().collect();
    let error = load(&stage, expecting(&other), DownloadName::default()).await.unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
    assert!(error.message().contains("quickXorHash"), "{error}");
    let error = load(&stage, expecting(&TEXT[1..]), DownloadName::default()).await.unwrap_err();
    assert!(error.message().contains("quickXorHash"), "a hash is about the content, so it decides: {error}");
    let sized = report().expect(ExpectedContent::new(Some(19), None));
    let warning = load(&stage, sized, DownloadName::default()).await.unwrap().warning.unwrap();
    assert!(warning.contains("20 bytes") && warning.contains("19"), "it came as long as announced: {warning}");
}
