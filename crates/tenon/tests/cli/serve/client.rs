//! A client of the service.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client as Pool, Error};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// A client with a key.
#[derive(Clone)]
pub(crate) struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
    key: Option<String>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn new(key: Option<&str>) -> Client {
        Client { pool: Pool::builder(TokioExecutor::new()).build_http(), key: key.map(str::to_owned) }
    }

    /// A client that speaks HTTP/2, as is known before.
    pub(crate) fn http2(key: Option<&str>) -> Client {
        Client { pool: Pool::builder(TokioExecutor::new()).http2_only(true).build_http(), key: key.map(str::to_owned) }
    }

    /// Begins a call, and returns the answer before its body.
    pub(crate) async fn begin(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Response<Incoming>, Error> {
        let mut request = Request::builder().method(method).uri(url);
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.pool.request(request.body(Full::new(body)).unwrap()).await
    }

    pub(crate) async fn get(&self, url: &str) -> Answered {
        whole(self.begin("GET", url, &[], Bytes::new()).await.unwrap()).await
    }

    pub(crate) async fn post(&self, url: &str, headers: &[(&str, &str)], body: &Value) -> Answered {
        self.try_post(url, headers, body).await.unwrap()
    }

    /// As [`Client::post`], where the service may go away meanwhile.
    pub(crate) async fn try_post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Answered, Box<dyn std::error::Error + Send + Sync>> {
        let headers = [&[("content-type", "application/json")], headers].concat();
        let response = self.begin("POST", url, &headers, body.to_string().into()).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answered { status: head.status.as_u16(), headers: head.headers, body: String::from_utf8(body.to_vec())? })
    }

    /// Begins a stream of lines.
    pub(crate) async fn lines(&self, url: &str, headers: &[(&str, &str)], body: &Value) -> Lines {
        let headers = [&[("content-type", "application/json"), ("accept", "application/x-ndjson")], headers].concat();
        let response = self.begin("POST", url, &headers, body.to_string().into()).await.unwrap();
        let status = response.status().as_u16();
        assert_eq!(status, 200, "{}", whole(response).await.body);
        Lines { body: response.into_body(), text: Vec::new() }
    }
}

async fn whole(response: Response<Incoming>) -> Answered {
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answered { status: head.status.as_u16(), headers: head.headers, body }
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that it is a problem with this status and code that says what to do, and returns it.
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        for member in ["detail", "hint", "instance"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {problem}");
        }
        problem
    }
}

/// Lines of JSON as they come.
pub(crate) struct Lines {
    body: Incoming,
    text: Vec<u8>,
}

impl Lines {
    /// Waits for the first of the lines that have not been read.
    pub(crate) async fn first(&mut self) -> Value {
        while !self.text.contains(&b'\n') {
            let frame = self.body.frame().await.expect("a line").unwrap();
            self.text.extend_from_slice(&frame.into_data().unwrap());
        }
        let line = self.text.split(|byte| *byte == b'\n').next().unwrap();
        serde_json::from_slice(line).unwrap()
    }

    /// Reads all lines to the end. The second part is whether the end was told by the protocol.
    pub(crate) async fn rest(mut self) -> (Vec<Value>, bool) {
        let is_whole = loop {
            match self.body.frame().await {
                Some(Ok(frame)) => self.text.extend_from_slice(&frame.into_data().unwrap()),
                Some(Err(_)) => break false,
                None => break true,
            }
        };
        let mut lines: Vec<&[u8]> = self.text.split(|byte| *byte == b'\n').collect();
        // What stands behind the last line break is a line that did not come whole.
        lines.pop();
        (lines.into_iter().map(|line| serde_json::from_slice(line).unwrap()).collect(), is_whole)
    }
}
