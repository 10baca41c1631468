//! Runs as streams. Memory stays flat: the next page is read when the reader has taken the one before.

use std::convert::Infallible;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, Bytes, BytesMut};
use connector_runtime::{Code, Error, ItemSink, Json, Outcome};
use futures_core::Stream;
use futures_util::{StreamExt, stream};
use http::{HeaderValue, header};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::problem::Problem;
use crate::request_id::RequestId;

/// Pause after which a stream of events without events gets a comment, so that nothing between closes it.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What a run sends to its stream.
#[derive(Debug)]
pub(crate) enum Message {
    /// The items of a page.
    Items(Vec<Json>),
    /// How far it is.
    Progress(Value),
    /// The end.
    End(Box<Result<Outcome, Error>>),
}

/// The sink of a run whose items go into a stream.
pub(crate) struct Emitted {
    pub(crate) to: mpsc::Sender<Message>,
    /// Whether the run goes on when nobody takes the items any more.
    pub(crate) goes_on: bool,
}

#[async_trait]
impl ItemSink for Emitted {
    async fn emit(&mut self, items: Vec<Json>) -> Result<(), Error> {
        match self.to.send(Message::Items(items)).await {
            Err(_) if !self.goes_on => Err(Error::new(Code::Unavailable, "nobody takes the items any more")),
            _ => Ok(()),
        }
    }
}

/// Answers with a line of JSON for each item, and a last line with the result or the error.
pub(crate) fn lines(messages: impl Stream<Item = Message> + Send + 'static, id: RequestId) -> Response {
    let lines = messages.filter_map(move |message| async move {
        let text = match message {
            Message::Items(items) => joined(&items),
            Message::Progress(_) => return None,
            Message::End(end) => match *end {
                Ok(outcome) => ended(outcome),
                Err(error) => line(&json!({ "$error": Problem::from(error).into_members(id) }).to_string()),
            },
        };
        Some(Ok::<_, Infallible>(text))
    });
    let mut response = Response::new(Body::from_stream(lines));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response
}

/// Answers with server-sent events: `progress`, `item`, and at the end `result` or `error`.
pub(crate) fn events(messages: impl Stream<Item = Message> + Send + 'static, id: RequestId) -> Response {
    let events = messages.flat_map(move |message| {
        let events = match message {
            Message::Items(items) => items.iter().map(|item| event("item", item.as_str())).collect(),
            Message::Progress(report) => vec![event("progress", &report.to_string())],
            Message::End(end) => match *end {
                Ok(outcome) => {
                    let (items, rest) = parts(outcome);
                    let items = items.iter().map(|item| event("item", item.as_str()));
                    items.chain([event("result", rest.as_str())]).collect()
                }
                Err(error) => vec![event("error", &Problem::from(error).into_members(id).to_string())],
            },
        };
        stream::iter(events.into_iter().map(Ok::<_, Infallible>))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

// The data of an event is one line, as whoever reads them expects.
fn event(name: &'static str, data: &str) -> Event {
    Event::default().event(name).data(data.replace(['\r', '\n'], " "))
}

fn joined(items: &[Json]) -> Bytes {
    let mut lines = BytesMut::with_capacity(items.iter().map(|item| item.bytes().len() + 1).sum());
    for item in items {
        put_line(&mut lines, item.as_str());
    }
    lines.freeze()
}

fn ended(outcome: Outcome) -> Bytes {
    let (items, rest) = parts(outcome);
    let mut lines = BytesMut::from(&joined(&items)[..]);
    put_line(&mut lines, &format!("{{\"$result\":{}}}", rest.as_str()));
    lines.freeze()
}

// The outcome of an earlier run is whole: its items come out of it.
fn parts(outcome: Outcome) -> (Vec<Json>, Json) {
    if outcome.repeated
        && let Some((items, rest)) = connector_runtime::split_list_output(&outcome.output)
    {
        return (items, rest);
    }
    (Vec::new(), outcome.output)
}

fn line(text: &str) -> Bytes {
    let mut line = BytesMut::with_capacity(text.len() + 1);
    put_line(&mut line, text);
    line.freeze()
}

// Graph's text may have line breaks, between values only.
fn put_line(lines: &mut BytesMut, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
        lines.put_slice(&rest[..at]);
        lines.put_u8(b' ');
        rest = &rest[at + 1..];
    }
    lines.put_slice(rest);
    lines.put_u8(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_a_line_whatever_graph_put_between_values() {
        let item = Json::parse("{\r\n  \"a\": \"x\\ny\"\n}").unwrap();
        assert_eq!(&joined(&[item.clone(), item])[..], b"{    \"a\": \"x\\ny\" }\n{    \"a\": \"x\\ny\" }\n");
    }
}
