//! Downloads that come too slowly, or longer than they said: played without a connection, where time is paused.

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{Code, DownloadName, File, Request, Result};
use graph_client::{Client, Limits, Session};
use tokio::time::Instant;

use crate::stage::{Memory, Reply, Seen, Stage, session};

async fn load(client: &Client) -> Result<File> {
    let session = Session { files: Arc::new(Memory::default()), ..session() };
    client
        .run(Request::get("/me/drive/items/1/content").download(DownloadName::default()), &session, &mut Vec::new())
        .await
}

/// Sends what is missing of `length` bytes, `pause` after `pause`.
fn trickle(seen: &Seen, length: usize, pause: Duration) -> Reply {
    let start = seen
        .header("range")
        .map_or(0, |range| range.trim_start_matches("bytes=").trim_end_matches('-').parse::<usize>().unwrap());
    let reply = Reply::new(if start == 0 { 200 } else { 206 }, vec![b'x'; length - start])
        .header("etag", "\"v1\"")
        .header("content-length", length - start)
        .header("content-range", format!("bytes {start}-{}/{length}", length - 1));
    reply.trickle(pause)
}

#[tokio::test(start_paused = true)]
async fn a_download_that_trickles_is_resumed_and_ends() {
    for pause in [Duration::from_secs(59), Duration::from_millis(1)] {
        let stage = Stage::new(move |seen| trickle(seen, 1 << 20, pause));
        let (began, slow) = (Instant::now(), Limits { low_speed: 1001, ..Limits::default() });
        let error = load(&Client::builder(stage.clone()).limits(slow).build()).await.unwrap_err();
        assert_eq!((error.code(), stage.count()), (Code::Unavailable, 4), "four times too slow: {error}");
        assert!(error.message().contains("too little came"), "{error}");
        assert!(began.elapsed() < 10 * slow.silence, "{:?}", began.elapsed());
    }
    // The bound may be moved or taken away.
    for (low_speed, length, pause) in [(0, 100, Duration::from_secs(59)), (900, 200_000, Duration::from_millis(1))] {
        let stage = Stage::new(move |seen| trickle(seen, length, pause));
        let client = Client::builder(stage.clone()).limits(Limits { low_speed, ..Limits::default() }).build();
        assert_eq!(load(&client).await.unwrap().size, length as u64);
        assert_eq!(stage.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_download_of_a_few_bytes_each_time_ends() {
    let stage = Stage::new(|seen| {
        let start = seen
            .header("range")
            .map_or(0, |range| range.trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap());
        let reply = Reply::new(if start == 0 { 200 } else { 206 }, "x")
            .header("etag", "\"v1\"")
            .header("content-length", 1_000_000 - start);
        reply.header("content-range", format!("bytes {start}-999999/1000000")).broken()
    });
    let began = Instant::now();
    assert_eq!(load(&stage.client()).await.unwrap_err().code(), Code::Unavailable);
    assert!(began.elapsed() < Duration::from_secs(600), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_download_that_is_longer_than_it_said_is_an_error() {
    // Below HTTP this cannot happen; behind a transport of somebody else it may.
    let stage = Stage::new(|_| Reply::new(200, "0123456789").header("content-length", 3));
    assert_eq!(load(&stage.client()).await.unwrap_err().code(), Code::Protocol);
}
