//! What the server answers.
//!
//! The first segment of a path says which limits are kept, and how long the list is: a connection to
//! `http://127.0.0.1:…/limited` meets a Graph that is limited.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::json;

use super::counts::Counter;
use super::limits::{AtOnce, Window};
use super::pages::{PAGE, Pages};

/// A Graph without limits.
pub(in super::super) const FREE: &str = "free";
/// A Graph that takes [`ALLOWED_A_SECOND`] and asks for a second's patience beyond.
pub(in super::super) const LIMITED: &str = "limited";
/// A Graph that works for [`WORK`] on each request and takes [`AT_ONCE`] to each mailbox.
pub(in super::super) const MAILBOXES: &str = "mailboxes";

pub(in super::super) const ALLOWED_A_SECOND: usize = 200;
pub(in super::super) const AT_ONCE: usize = 4;
pub(in super::super) const WORK: Duration = Duration::from_millis(20);

/// A tenant whose tokens live an hour.
pub(in super::super) const TENANT: &str = "contoso.example";
/// A tenant whose first token is as good as expired when it comes.
pub(in super::super) const SHORT_TENANT: &str = "short.example";

#[derive(Debug)]
pub(super) struct State {
    counter: Counter,
    window: Window,
    mailboxes: AtOnce,
    pages: Pages,
    has_given_short: AtomicBool,
}

impl Default for State {
    fn default() -> State {
        State {
            counter: Counter::default(),
            window: Window::default(),
            mailboxes: AtOnce::default(),
            pages: Pages::new(),
            has_given_short: AtomicBool::new(false),
        }
    }
}

type Reply = Response<Full<Bytes>>;

pub(super) async fn answer(state: Arc<State>, request: Request<Incoming>) -> Result<Reply, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Ok(status(400)) };
    let body = body.to_bytes();
    let path = parts.uri.path().trim_start_matches('/');
    Ok(match path.split_once("/v1.0/") {
        Some((kind, path)) => {
            graph(&state, kind, path, parts.uri.query().unwrap_or_default(), &parts.headers, &body).await
        }
        None if path == "counts" => json(&serde_json::to_vec(&state.counter.take()).unwrap_or_default()),
        None if path.ends_with("/oauth2/v2.0/token") => token(&state, path.starts_with(SHORT_TENANT)),
        None => status(404),
    })
}

fn token(state: &State, short: bool) -> Reply {
    state.counter.tokens.fetch_add(1, Relaxed);
    let is_first = short && !state.has_given_short.swap(true, Relaxed);
    let seconds = if is_first { 1 } else { 3600 };
    json(json!({ "token_type": "Bearer", "expires_in": seconds, "access_token": "opaque" }).to_string().as_bytes())
}

async fn graph(state: &State, kind: &str, path: &str, query: &str, headers: &HeaderMap, body: &Bytes) -> Reply {
    state.counter.requests.fetch_add(1, Relaxed);
    state.counter.bytes.fetch_add(body.len() as u64, Relaxed);
    if !headers.get(AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(b"Bearer ")) {
        return status(401);
    }
    match kind {
        LIMITED if !state.window.admits(ALLOWED_A_SECOND) => return refuse(state),
        MAILBOXES => {
            let mailbox = path.strip_prefix("users/").and_then(|path| path.split('/').next()).unwrap_or_default();
            let Some(place) = state.mailboxes.enter(mailbox, AT_ONCE) else { return refuse(state) };
            let began = Instant::now();
            tokio::time::sleep(WORK).await;
            state.counter.add_work(began.elapsed());
            drop(place);
        }
        _ => {}
    }
    match path.rsplit('/').next().unwrap_or_default() {
        "sendMail" => status(202),
        "messages" => list(state, kind, query, headers),
        "$batch" => batch(body),
        "$ref" => status(204),
        "me" => json(br#"{"id":"48d31887-5fad-4d73-a9f5-3c356e68a038","displayName":"Megan Bowen"}"#),
        _ => status(404),
    }
}

// The length of the list is a part of the address: `list-20000`.
fn list(state: &State, kind: &str, query: &str, headers: &HeaderMap) -> Reply {
    let length = kind.strip_prefix("list-").and_then(|length| length.parse().ok()).unwrap_or(PAGE);
    let first = query.split('&').find_map(|option| option.strip_prefix("$skiptoken=")?.parse().ok()).unwrap_or(0);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let next = first + PAGE;
    let link = (next < length).then(|| {
        format!("http://{host}/{kind}/v1.0/users/user000@contoso.example/mailFolders/inbox/messages?$top={PAGE}&$skiptoken={next}")
    });
    with_type(Response::new(Full::new(state.pages.page(first, link.as_deref()))))
}

// Every part of a batch goes well.
fn batch(body: &Bytes) -> Reply {
    #[derive(Deserialize)]
    struct Batch {
        requests: Vec<Part>,
    }
    #[derive(Deserialize)]
    struct Part {
        id: String,
    }
    match serde_json::from_slice::<Batch>(body) {
        Ok(batch) if (1..=20).contains(&batch.requests.len()) => {
            let answers: Vec<_> = batch.requests.iter().map(|part| json!({ "id": part.id, "status": 204 })).collect();
            json(json!({ "responses": answers }).to_string().as_bytes())
        }
        _ => status(400),
    }
}

fn refuse(state: &State) -> Reply {
    state.counter.refused.fetch_add(1, Relaxed);
    let mut reply = status(429);
    reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    reply
}

fn status(code: u16) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply
}

fn json(text: &[u8]) -> Reply {
    with_type(Response::new(Full::new(Bytes::copy_from_slice(text))))
}

fn with_type(mut reply: Reply) -> Reply {
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}
