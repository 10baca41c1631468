//! A scripted transport, counted tokens, and files in memory.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use connector_sdk::{ByteStream, Code, Error, File, FileMeta, Granted, Result, Scopes, Secret, Transport, whole};
use futures_util::{StreamExt, stream};
use graph_client::{Client, Endpoint, FileWriter, Files, NoFiles, NoProgress, Session, Token, TokenRequest, Tokens};
use http::{HeaderMap, Method};
use tokio::time::{Instant, sleep};

/// Token that must never reach another host.
pub(crate) const CANARY: &str = "canary-token";

/// A request that reached the transport.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) at: Instant,
    /// Number of requests that came before it.
    pub(crate) number: usize,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
    /// Returns the path and query below the version.
    pub(crate) fn path(&self) -> &str {
        self.url.split_once("/v1.0").map_or(self.url.as_str(), |(_, path)| path)
    }
}

/// Response of the other side.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
    pub(crate) after: Duration,
    pub(crate) end: End,
}

/// End of a response.
pub(crate) enum End {
    Whole,
    /// The body breaks off.
    Broken,
    /// The body comes byte by byte, each after a while.
    Trickle(Duration),
    /// No connection is made.
    Unreachable,
    /// The connection breaks before the response.
    Lost,
    /// No response ever comes.
    NoProgress,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Bytes>) -> Reply {
        Reply { status, headers: Vec::new(), body: body.into(), after: Duration::ZERO, end: End::Whole }
    }
    pub(crate) fn ok() -> Reply {
        Reply::new(200, "{}")
    }
    pub(crate) fn header(mut self, name: &'static str, value: impl ToString) -> Reply {
        self.headers.push((name, value.to_string()));
        self
    }
    pub(crate) fn after(self, after: Duration) -> Reply {
        Reply { after, ..self }
    }
    pub(crate) fn broken(self) -> Reply {
        Reply { end: End::Broken, ..self }
    }
    pub(crate) fn trickle(self, pause: Duration) -> Reply {
        Reply { end: End::Trickle(pause), ..self }
    }
    pub(crate) fn unreachable() -> Reply {
        Reply { end: End::Unreachable, ..Reply::ok() }
    }
    pub(crate) fn lost() -> Reply {
        Reply { end: End::Lost, ..Reply::ok() }
    }
    pub(crate) fn silent() -> Reply {
        Reply { end: End::NoProgress, ..Reply::ok() }
    }
}

type Part = Box<dyn Fn(&Seen) -> Reply + Send + Sync>;

pub(crate) struct Stage {
    part: Part,
    seen: Mutex<Vec<Seen>>,
}

impl Stage {
    /// Records a request, and returns its response.
    pub(crate) fn play(&self, method: Method, url: String, headers: HeaderMap, body: Bytes) -> Reply {
        let mut all = self.seen.lock().unwrap();
        let seen = Seen { method, url, headers, body, at: Instant::now(), number: all.len() };
        all.push(seen.clone());
        drop(all);
        (self.part)(&seen)
    }
}

impl Stage {
    /// Creates a transport that responds by a function.
    pub(crate) fn new(part: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Arc<Stage> {
        Arc::new(Stage { part: Box::new(part), seen: Mutex::default() })
    }
    /// Creates a transport that responds in this order.
    pub(crate) fn script(replies: impl IntoIterator<Item = Reply>) -> Arc<Stage> {
        let replies = Mutex::new(replies.into_iter().collect::<std::collections::VecDeque<_>>());
        Stage::new(move |seen| replies.lock().unwrap().pop_front().unwrap_or_else(|| panic!("no answer to {seen:?}")))
    }
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
    pub(crate) fn client(self: &Arc<Stage>) -> Client {
        Client::new(self.clone())
    }
}

#[async_trait]
impl Transport for Stage {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let (parts, body) = request.into_parts();
        let reply = self.play(parts.method, parts.uri.to_string(), parts.headers, body);
        if !reply.after.is_zero() {
            sleep(reply.after).await;
        }
        let body: ByteStream = match reply.end {
            End::Unreachable => return Err(Error::new(Code::Unavailable, "no connection could be made")),
            End::Lost => return Err(Error::new(Code::OutcomeUnknown, "the connection broke before the answer came")),
            End::NoProgress => std::future::pending().await,
            End::Whole => whole(reply.body),
            End::Trickle(pause) => {
                let bytes = stream::iter(0..reply.body.len()).then(move |_| sleep(pause)).enumerate();
                Box::pin(bytes.map(move |(at, ())| Ok(reply.body.slice(at..=at))))
            }
            End::Broken => Box::pin(
                stream::iter([Ok(reply.body), Err(Error::new(Code::OutcomeUnknown, "an answer broke off"))]).filter(
                    |chunk| {
                        let empty = chunk.as_ref().is_ok_and(Bytes::is_empty);
                        async move { !empty }
                    },
                ),
            ),
        };
        let mut response = http::Response::builder().status(reply.status);
        for (name, value) in reply.headers {
            response = response.header(name, value);
        }
        Ok(response.body(body).unwrap())
    }
}

/// Tokens `canary-token-1`, `canary-token-2` … that remember what was asked for.
#[derive(Default)]
pub(crate) struct Wallet {
    issued: AtomicUsize,
    pub(crate) asked: Mutex<Vec<String>>,
    granted: Option<Arc<Granted>>,
}

impl Wallet {
    pub(crate) fn granting(scopes: &str) -> Wallet {
        Wallet { granted: Some(Arc::new(Granted::parse(scopes))), ..Wallet::default() }
    }
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Tokens for Wallet {
    async fn token(&self, ask: TokenRequest<'_>) -> Result<Token> {
        let what = match ask {
            TokenRequest::Usual => None,
            TokenRequest::Rejected(_) => Some("rejected".to_owned()),
            TokenRequest::Claims(_, claims) => Some(claims.to_owned()),
        };
        if let Some(what) = what {
            self.asked.lock().unwrap().push(what);
            self.issued.fetch_add(1, Ordering::Relaxed);
        }
        let number = self.issued.load(Ordering::Relaxed) + 1;
        Token::new(&Secret::new(format!("{CANARY}-{number}")), self.granted.clone())
    }
}

pub(crate) const GRAPH: &str = "https://graph.microsoft.com";

pub(crate) fn session() -> Session {
    Session {
        connection: "test".into(),
        app: "test".into(),
        mailbox: Arc::default(),
        endpoint: Endpoint::new(GRAPH).unwrap(),
        tokens: Arc::new(Wallet::default()),
        application: false,
        scopes: Scopes::users(&[]),
        deadline: None,
        files: Arc::new(NoFiles),
        uploads: None,
        journal: None,
        progress: Arc::new(NoProgress),
        observer: None,
    }
}

/// Files in memory.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) attached: BTreeMap<String, Bytes>,
    /// Length that contents shrink to when they are read.
    pub(crate) shrinks_to: Option<usize>,
    /// Fingerprint of all files.
    pub(crate) print: Option<&'static str>,
}

#[async_trait]
impl Files for Memory {
    fn meta(&self, name: &str) -> Option<FileMeta> {
        let size = self.attached.get(name)?.len() as u64;
        Some(FileMeta::new(size).with_name(name.to_owned()))
    }
    fn fingerprint(&self, _: &str) -> Option<String> {
        self.print.map(str::to_owned)
    }
    async fn read(&self, name: &str, range: Range<u64>) -> Result<Bytes> {
        let file = &self.attached[name];
        let end = (range.end as usize).min(self.shrinks_to.unwrap_or(file.len()));
        Ok(file.slice((range.start as usize).min(end)..end))
    }
    async fn create(&self, name: &str, content_type: &str, size: Option<u64>) -> Result<Box<dyn FileWriter>> {
        let file = File::new(name, content_type, size.unwrap_or_default());
        Ok(Box::new(Writer { file, content: Vec::new() }))
    }
}

struct Writer {
    file: File,
    content: Vec<u8>,
}

#[async_trait]
impl FileWriter for Writer {
    async fn write(&mut self, chunk: Bytes) -> Result<()> {
        self.content.extend_from_slice(&chunk);
        Ok(())
    }
    async fn finish(self: Box<Self>) -> Result<File> {
        Ok(self.file.with_content(&self.content))
    }
}

pub(crate) fn content(file: &File) -> Vec<u8> {
    STANDARD.decode(file.base64.as_ref().unwrap()).unwrap()
}
