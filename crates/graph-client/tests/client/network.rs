//! Over real connections: hyper on a loopback address, and what goes wrong below HTTP.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{Code, Continuation, DownloadName, FileRef, Paging, Plan, Request, Transport, Upload};
use graph_client::{Client, Endpoint, HttpTransport, Limits, RetryPolicy, Session};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::transport;
use crate::stage::{CANARY, Memory, content, session};

pub(crate) type Seen = Arc<Mutex<Vec<http::Request<Bytes>>>>;

/// A server that ends with the test.
pub(crate) struct Server {
    address: SocketAddr,
    pub(crate) seen: Seen,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// End of the paths to which a [`Server`] listens and never responds.
const SILENT: &str = "/silent";

impl Server {
    pub(crate) async fn start(
        answer: impl Fn(&http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, answer) = (Seen::default(), Arc::new(answer));
        let log = seen.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (log.clone(), answer.clone());
                let service = service_fn(move |request: http::Request<Incoming>| {
                    let (log, answer) = (log.clone(), answer.clone());
                    async move {
                        let (parts, body) = request.into_parts();
                        let request = http::Request::from_parts(parts, body.collect().await.unwrap().to_bytes());
                        let response = answer(&request);
                        let silent = request.uri().path().ends_with(SILENT);
                        log.lock().unwrap().push(request);
                        if silent {
                            std::future::pending::<()>().await;
                        }
                        Ok::<_, Infallible>(response.map(Full::new))
                    }
                });
                tokio::spawn(async move {
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await
                        .ok()
                });
            }
        });
        Server { address, seen, task }
    }

    pub(crate) fn session(&self) -> Session {
        Session {
            endpoint: Endpoint::new(&format!("http://{}", self.address)).unwrap(),
            files: Arc::new(Memory::default()),
            ..session()
        }
    }
}

pub(crate) fn client() -> Client {
    Client::new(transport(HttpTransport::builder()))
}

pub(crate) fn reply(status: u16, body: impl Into<Bytes>) -> http::Response<Bytes> {
    http::Response::builder().status(status).header("request-id", "r-1").body(body.into()).unwrap()
}

#[tokio::test]
async fn a_request_and_its_answer() {
    let server = Server::start(|_| reply(200, r#"{"id":"1"}"#)).await;
    let request = Request::post("/users/{user}/sendMail")
        .path_param("user", "adele@contoso.com")
        .json(serde_json::json!({ "a": 1 }))
        .query("x", "y z");
    let answer = client().send(&request, &server.session()).await.unwrap();
    assert_eq!((answer.body.as_ref(), answer.header("request-id")), (&br#"{"id":"1"}"#[..], Some("r-1")));
    let seen = server.seen.lock().unwrap();
    let header =
        |name: &str| seen[0].headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(seen[0].uri().to_string(), "/v1.0/users/adele@contoso.com/sendMail?x=y%20z");
    assert_eq!(header("authorization"), format!("Bearer {CANARY}-1"));
    assert_eq!(
        (header("content-type"), header("accept"), header("content-length")),
        ("application/json".into(), "application/json".into(), "7".into())
    );
    assert_eq!(header("return-client-request-id"), "true");
    assert_eq!(header("client-request-id").len(), 36);
    assert!(header("user-agent").starts_with("tenon/"));
}

#[tokio::test]
async fn errors_carry_what_graph_said() {
    let server = Server::start(|_| {
        reply(404, r#"{"error":{"code":"ErrorItemNotFound","message":"m","innerError":{"code":"inner"}}}"#)
    })
    .await;
    let error = client().send(&Request::get("/me/messages/x"), &server.session()).await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    assert!(error.has_upstream_code("erroritemnotfound") && error.has_upstream_code("inner"));
    assert_eq!(error.upstream().unwrap().request_id.as_deref(), Some("r-1"));
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error =
        client().send(&once(Request::post("/me/sendMail")), &Session { endpoint, ..session() }).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable, "{error}");
    assert!(!format!("{error:#} {error:?}").contains("sendMail"), "the URL is not told: {error:?}");
    let cause = std::iter::successors(std::error::Error::source(&error), |cause| cause.source())
        .find_map(<dyn std::error::Error>::downcast_ref::<std::io::Error>);
    assert_eq!(cause.map(std::io::Error::kind), Some(std::io::ErrorKind::ConnectionRefused));
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let count = Arc::new(Mutex::new(0));
    let counter = count.clone();
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            *counter.lock().unwrap() += 1;
            // The first time nothing, then a part of an answer, then all of it.
            let number = *counter.lock().unwrap();
            match number {
                1 => {}
                2 => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").await.unwrap(),
                _ => stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
                    .await
                    .unwrap(),
            }
        }
    });
    let session = Session { endpoint, ..session() };
    let client = Client::builder(transport(HttpTransport::builder()))
        .retries(RetryPolicy { base: Duration::from_millis(1), ..Default::default() })
        .build();
    let error = client.send(&Request::post("/me/sendMail"), &session).await.unwrap_err();
    assert_eq!((error.code(), *count.lock().unwrap()), (Code::OutcomeUnknown, 1), "{error}");
    client.send(&Request::get("/me"), &session).await.unwrap();
    assert_eq!(*count.lock().unwrap(), 3);
    task.abort();
}

#[tokio::test]
async fn a_list_of_many_pages() {
    let server = Server::start(|request| {
        let page: usize =
            request.uri().query().and_then(|query| query.strip_prefix("page=")).map_or(0, |page| page.parse().unwrap());
        let items: Vec<_> =
            (0..50).map(|i| serde_json::json!({ "id": page * 50 + i, "text": "x".repeat(500) })).collect();
        let host = request.headers()["host"].to_str().unwrap();
        let next = (page < 19).then(|| format!("http://{host}/v1.0/me/messages?page={}", page + 1));
        reply(200, serde_json::json!({ "value": items, "@odata.nextLink": next }).to_string())
    })
    .await;
    let mut items = Vec::new();
    let plan =
        Request::get("/me/messages").prefer("IdType=\"ImmutableId\"").pages::<serde_json::Value>(Paging::default());
    client().run(plan, &server.session(), &mut items).await.unwrap();
    assert_eq!(items.len(), 1000);
    let last: serde_json::Value = items[999].read().unwrap();
    assert_eq!(last["id"], 999);
    let seen = server.seen.lock().unwrap();
    assert!(
        seen.iter()
            .all(|request| request.headers().get("prefer").is_some_and(|value| value == "IdType=\"ImmutableId\""))
    );
}

#[tokio::test]
async fn the_token_never_reaches_another_server() {
    let away = Server::start(|_| reply(200, "file")).await;
    let to = format!("http://{}/file?tempauth=1", away.address);
    let home = Server::start(move |_| {
        http::Response::builder().status(302).header("location", &to).body(Bytes::new()).unwrap()
    })
    .await;
    let plan = Request::get("/me/drive/items/1/content").download(DownloadName::default());
    let file = client().run(plan, &home.session(), &mut Vec::new()).await.unwrap();
    assert_eq!(content(&file), b"file");
    let seen = away.seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    assert!(!format!("{:?}", seen[0].headers()).contains(CANARY));
    assert!(seen[0].headers().get("authorization").is_none());
}

pub(crate) fn once(request: Request) -> Request {
    request.retry(connector_sdk::RetryRule::new(0, Duration::ZERO))
}

#[tokio::test]
async fn redirects_are_left_to_the_pipeline() {
    let away = Server::start(|_| reply(200, "{}")).await;
    let to = format!("http://{}/elsewhere", away.address);
    let home = Server::start(move |_| {
        http::Response::builder().status(307).header("location", &to).body(Bytes::new()).unwrap()
    })
    .await;
    for method in ["GET", "POST"] {
        let request = http::Request::builder().method(method).uri(format!("http://{}/v1.0/me", home.address));
        let request = request.header("authorization", CANARY).body(Bytes::from_static(b"{}")).unwrap();
        let answer = transport(HttpTransport::builder()).send(request).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers().contains_key("location")), (307, true));
    }
    let error = client().send(&Request::post("/me/sendMail"), &home.session()).await.unwrap_err();
    assert_eq!(error.code(), Code::Protocol, "{error}");
    assert_eq!((home.seen.lock().unwrap().len(), away.seen.lock().unwrap().len()), (3, 0));
}

#[tokio::test]
async fn what_is_too_large_or_too_slow_ends() {
    let server = Server::start(|_| reply(200, vec![b'x'; 100_000])).await;
    let limited = |limits| Client::builder(transport(HttpTransport::builder())).limits(limits).build();
    let client = limited(Limits { answer: 99_999, ..Limits::default() });
    assert_eq!(client.send(&Request::get("/me"), &server.session()).await.unwrap_err().code(), Code::Protocol);
    // Long enough for a busy machine to send the request.
    let short = Duration::from_secs(1);
    let silent = once(Request::post(format!("/me{SILENT}")));
    let client = limited(Limits { one_try: short, ..Limits::default() });
    let error = client.send(&silent, &server.session()).await.unwrap_err();
    assert_eq!(error.code(), Code::OutcomeUnknown, "it left: {error}");
    let over = Session { deadline: Some(tokio::time::Instant::now() + short), ..server.session() };
    let error = limited(Limits::default()).send(&silent, &over).await.unwrap_err();
    assert_eq!(error.code(), Code::OutcomeUnknown, "it left: {error}");
    let before = server.seen.lock().unwrap().len();
    let past = Session { deadline: Some(tokio::time::Instant::now()), ..server.session() };
    limited(Limits::default()).send(&Request::get("/me"), &past).await.unwrap_err();
    assert_eq!(server.seen.lock().unwrap().len(), before, "nothing leaves after the deadline");
}

#[tokio::test]
async fn a_download_goes_on_where_the_connection_broke() {
    const TEXT: &[u8] = b"0123456789abcdefghij";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = read_head(&mut stream).await.to_ascii_lowercase();
            let first: usize =
                head.split("range: bytes=").nth(1).map_or(0, |rest| rest.split('-').next().unwrap().parse().unwrap());
            log.lock().unwrap().push((first, head.contains("if-range: \"v1\"")));
            let (status, range) = match first {
                0 => (200, String::new()),
                first => (206, format!("content-range: bytes {first}-19/20\r\n")),
            };
            let head = format!("HTTP/1.1 {status} X\r\netag: \"v1\"\r\n{range}content-length: {}\r\n\r\n", 20 - first);
            stream.write_all(&[head.as_bytes(), &TEXT[first..(first + 8).min(20)]].concat()).await.unwrap();
        }
    });
    let session = Session { endpoint, files: Arc::new(Memory::default()), ..session() };
    let client = quick(transport(HttpTransport::builder()));
    let plan = Request::get("/me/drive/items/1/content").download(DownloadName::default());
    let file = client.run(plan, &session, &mut Vec::new()).await.unwrap();
    assert_eq!(
        (content(&file), asked.lock().unwrap().clone()),
        (TEXT.to_vec(), vec![(0, false), (8, true), (16, true)])
    );
    task.abort();
}

#[tokio::test]
async fn an_upload_goes_on_after_a_lost_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stored = Arc::new(Mutex::new((Vec::new(), false)));
    let held = stored.clone();
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = read_head(&mut stream).await.to_ascii_lowercase();
            assert!(!head.contains("authorization"), "an upload's address is its own credential: {head}");
            let length = head
                .split("content-length: ")
                .nth(1)
                .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.unwrap();
            let (lost, done) = {
                let mut held = held.lock().unwrap();
                held.0.extend_from_slice(&body);
                // The answer to the first piece is lost.
                let lost = head.starts_with("put") && !std::mem::replace(&mut held.1, true);
                (lost, held.0.len())
            };
            if lost {
                continue;
            }
            let body = match done {
                800_000 => r#"{"id":"1"}"#.to_owned(),
                done => format!(r#"{{"nextExpectedRanges":["{done}-"]}}"#),
            };
            let status = if done == 800_000 { 201 } else { 202 };
            let head =
                format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
            stream.write_all(head.as_bytes()).await.unwrap();
        }
    });
    let content: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let files = Memory { attached: [("a".to_owned(), content.clone().into())].into(), ..Memory::default() };
    let session =
        Session { endpoint: Endpoint::new(&format!("http://{address}")).unwrap(), files: Arc::new(files), ..session() };
    let file = FileRef::Attached { file: "a".into() };
    let upload = Upload::new(format!("http://{address}/upload?x=1"), file).with_chunk(320 * 1024);
    let client = quick(transport(HttpTransport::builder()));
    let answer =
        client.run(Plan::upload_then(upload, Continuation::last(Plan::from)), &session, &mut Vec::new()).await.unwrap();
    assert_eq!(answer.status.as_u16(), 201);
    assert!(stored.lock().unwrap().0 == content, "each piece arrived once");
    task.abort();
}

fn quick(transport: Arc<dyn Transport>) -> Client {
    Client::builder(transport).retries(RetryPolicy { base: Duration::from_millis(1), ..Default::default() }).build()
}

async fn read_head(stream: &mut tokio::net::TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

#[tokio::test]
async fn codings_and_byte_order_marks_over_a_connection() {
    let server = Server::start(|request| {
        let text = "\u{feff}{\"id\":\"1\"}";
        let body = if request.uri().path().ends_with("/me") {
            crate::coding::gzip(text.as_bytes())
        } else {
            crate::coding::gzip(b"file")
        };
        let mut reply = reply(200, body);
        reply.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
        reply
    })
    .await;
    let answer = client().send(&Request::get("/me"), &server.session()).await.unwrap();
    assert_eq!((answer.body.as_ref(), answer.header("content-encoding")), (&br#"{"id":"1"}"#[..], None));
    let plan = Request::get("/me/drive/items/1/content").download(DownloadName::default());
    assert_eq!(content(&client().run(plan, &server.session(), &mut Vec::new()).await.unwrap()), b"file");
}

#[tokio::test]
async fn answers_of_odd_servers() {
    // An interim answer, a body until the connection closes, and 204 that says it has a body and brings one.
    let answers: [&[u8]; 3] = [
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"id\":\"1\"}",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 900000000\r\n\r\n<html>",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n<html>",
    ];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let task = tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_head(&mut stream).await;
            stream.write_all(answer).await.unwrap();
        }
    });
    let session = Session { endpoint, ..session() };
    let client = client();
    let answer = client.send(&Request::get("/me"), &session).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.body.as_ref()), (200, &br#"{"id":"1"}"#[..]));
    for _ in 0..2 {
        let answer = client.send(&Request::delete("/me/events/1"), &session).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    }
    task.await.unwrap();
}
