//! An endpoint for notifications over loopback.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

/// Receives notifications, and answers each request as it was last set.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    bodies: Arc<Mutex<Vec<(String, Value)>>>,
    status: Arc<AtomicU16>,
    millis: Arc<AtomicU64>,
}

impl Receiver {
    pub async fn new() -> Receiver {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let receiver = Receiver { url, bodies: Arc::default(), status: Arc::new(202.into()), millis: Arc::default() };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                let receiver = serving.clone();
                let service = service_fn(move |request: http::Request<Incoming>| {
                    let receiver = receiver.clone();
                    async move { Ok::<_, Infallible>(receiver.receive(request).await) }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        receiver
    }

    async fn receive(&self, request: http::Request<Incoming>) -> http::Response<Empty<Bytes>> {
        let (parts, body) = request.into_parts();
        assert_eq!(parts.method, "POST");
        assert!(parts.headers["content-type"].to_str().unwrap().starts_with("application/json"));
        let body = serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
        self.bodies.lock().unwrap().push((parts.uri.path().to_owned(), body));
        tokio::time::sleep(Duration::from_millis(self.millis.load(Ordering::SeqCst))).await;
        let status = self.status.load(Ordering::SeqCst);
        http::Response::builder().status(status).body(Empty::new()).unwrap()
    }

    /// Sets the status of answers, and how much later they come.
    pub fn answers(&self, status: u16, millis: u64) {
        self.status.store(status, Ordering::SeqCst);
        self.millis.store(millis, Ordering::SeqCst);
    }

    /// The bodies of requests to a path.
    pub fn bodies(&self, path: &str) -> Vec<Value> {
        let bodies = self.bodies.lock().unwrap();
        bodies.iter().filter(|(at, _)| at == path).map(|(_, body)| body.clone()).collect()
    }

    /// The notifications that came to a path.
    pub fn received(&self, path: &str) -> Vec<Value> {
        self.bodies(path).iter().flat_map(|body| body["value"].as_array().unwrap().clone()).collect()
    }
}
