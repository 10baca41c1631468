//! A reader of a stream of events, which goes on from where it was after whatever breaks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::sync::{Mutex, watch};

use super::super::Client;

/// What a reader of a stream has seen: the position of the last event, and how often each came.
#[derive(Default)]
pub(super) struct Stream {
    last: u64,
    pub(super) seen: BTreeMap<u64, usize>,
}

/// Reads the stream of a watch until it is told to stop, from whatever process is there.
pub(super) async fn follow(
    client: Client,
    urls: Arc<Mutex<Vec<String>>>,
    at: usize,
    name: String,
    mut stop: watch::Receiver<bool>,
) -> Stream {
    let mut stream = Stream::default();
    loop {
        let url = {
            let urls = urls.lock().await;
            urls[at % urls.len()].clone()
        };
        let last = stream.last.to_string();
        let headers = [("accept", "text/event-stream"), ("last-event-id", &*last)];
        let url = format!("{url}/v1/watches/{name}/events");
        let begun = client.begin("GET", &url, &headers, Bytes::new());
        let response = tokio::select! {
            response = begun => response,
            _ = stop.wait_for(|stop| *stop) => return stream,
        };
        if let Ok(response) =
            response.map_err(drop).and_then(|response| if response.status() == 200 { Ok(response) } else { Err(()) })
        {
            let mut body = response.into_body();
            let mut text = Vec::new();
            loop {
                let frame = tokio::select! {
                    frame = body.frame() => frame,
                    _ = stop.wait_for(|stop| *stop) => return stream,
                };
                let Some(Ok(frame)) = frame else { break };
                text.extend_from_slice(&frame.into_data().unwrap_or_default());
                // Only an event that came whole counts; the others come again.
                while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                    let event: Vec<u8> = text.drain(..end + 2).collect();
                    let event = String::from_utf8_lossy(&event);
                    if let Some(id) = event.lines().find_map(|line| line.strip_prefix("id: ")) {
                        stream.last = id.parse().unwrap();
                        *stream.seen.entry(stream.last).or_default() += 1;
                    }
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
