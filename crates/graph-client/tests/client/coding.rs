//! Content codings and byte order marks, over a scripted transport; `network.rs` has them over real connections.

use std::io::Write;
use std::sync::Arc;

use connector_sdk::{Code, DownloadName, Request};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use graph_client::Session;

use crate::stage::{Memory, Reply, Stage, content, session};

pub(crate) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::best());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

const JSON: &[u8] = br#"{"id":"1","name":"a name, a name, a name"}"#;

async fn get(reply: impl Fn() -> Reply + Send + Sync + 'static) -> connector_sdk::Result<connector_sdk::Response> {
    Stage::new(move |_| reply()).client().send(&Request::get("/me"), &session()).await
}

#[tokio::test(start_paused = true)]
async fn what_came_coded_is_read_as_what_it_was() {
    let two = [gzip(&JSON[..9]), gzip(&JSON[9..])].concat();
    let cases = [
        ("gzip", gzip(JSON)),
        ("X-GZIP", gzip(JSON)),
        ("deflate", zlib(JSON)),
        ("deflate", deflate(JSON)),
        ("deflate, gzip", gzip(&zlib(JSON))),
        ("identity", JSON.to_vec()),
        ("gzip", two),
        // A gateway that has decoded it and kept the header.
        ("gzip", JSON.to_vec()),
        ("gzip", Vec::new()),
    ];
    for (coding, body) in cases {
        let wanted = if body.is_empty() { &b""[..] } else { JSON };
        let length = body.len();
        let answer = get(move || {
            Reply::new(200, body.clone()).header("content-encoding", coding).header("content-length", length)
        })
        .await;
        assert_eq!(answer.unwrap().body, wanted, "{coding}");
    }
    let error = get(|| {
        Reply::new(404, gzip(br#"{"error":{"code":"ErrorItemNotFound","message":"m"}}"#))
            .header("content-encoding", "gzip")
    });
    assert!(error.await.unwrap_err().has_upstream_code("ErrorItemNotFound"));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_decoded_is_told() {
    let unknown = get(|| Reply::new(200, "x").header("content-encoding", "br")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::Protocol);
    assert!(unknown.message().contains("`br`"), "{unknown}");
    // A refusal is one, whatever its body is.
    let refused = get(|| Reply::new(404, "x").header("content-encoding", "br")).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let cut = get(|| Reply::new(200, gzip(JSON)[..30].to_vec()).header("content-encoding", "gzip")).await.unwrap_err();
    assert_eq!(cut.code(), Code::Unavailable, "it is asked for again, and cut each time: {cut}");
    // What was carried out is not asked for again, and not called a failure.
    let stage = Stage::new(|_| Reply::new(201, gzip(JSON)[..30].to_vec()).header("content-encoding", "gzip"));
    let answer = stage.client().send(&Request::post("/me/events"), &session()).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.body.len(), stage.count()), (201, 0, 1));
}

#[tokio::test(start_paused = true)]
async fn what_it_grows_to_is_bounded() {
    let bomb = gzip(&gzip(&vec![0; 300 << 20]));
    assert!(bomb.len() < 10_000, "{}", bomb.len());
    let again = bomb.clone();
    let error = get(move || Reply::new(200, again.clone()).header("content-encoding", "gzip, gzip")).await.unwrap_err();
    assert_eq!(error.code(), Code::Protocol, "{error}");
    let stage = Stage::new(move |_| Reply::new(200, bomb.clone()).header("content-encoding", "gzip, gzip"));
    let session = Session { files: Arc::new(Memory::default()), ..session() };
    let error = stage
        .client()
        .run(Request::get("/me/photo/$value").download(DownloadName::default()), &session, &mut Vec::new())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Protocol, "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_download_is_decoded_too() {
    let text = "0123456789".repeat(5_000);
    let coded = gzip(text.as_bytes());
    let whole = coded.clone();
    // The first time it breaks off; the second time it comes whole, and a range is not asked for.
    let stage = Stage::new(move |seen| {
        assert_eq!(seen.header("range"), None);
        let reply =
            |part: &[u8]| Reply::new(200, part.to_vec()).header("content-encoding", "gzip").header("etag", "\"1\"");
        if seen.number == 0 {
            reply(&coded[..coded.len() - 20]).header("content-length", coded.len()).broken()
        } else {
            reply(&whole)
        }
    });
    let session = Session { files: Arc::new(Memory::default()), ..session() };
    let file = stage
        .client()
        .run(Request::get("/me/photo/$value").download(DownloadName::default()), &session, &mut Vec::new())
        .await
        .unwrap();
    assert_eq!((content(&file), stage.count()), (text.into_bytes(), 2));
}

#[tokio::test(start_paused = true)]
async fn a_byte_order_mark_before_json_is_left_out_and_one_of_a_text_stays() {
    let marked = "\u{feff}{\"value\":[]}";
    for media in [Some("application/json; charset=utf-8"), Some("text/json"), Some(""), None] {
        let answer = get(move || {
            let reply = Reply::new(200, marked);
            media.map_or(Reply::new(200, marked), |media| reply.header("content-type", media))
        });
        assert_eq!(answer.await.unwrap().body, &b"{\"value\":[]}"[..], "{media:?}");
    }
    let answer = get(move || Reply::new(200, marked).header("content-type", "text/csv")).await.unwrap();
    assert_eq!(answer.body, marked.as_bytes());
}
