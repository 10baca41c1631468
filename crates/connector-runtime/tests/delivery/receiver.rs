//! A receiver of webhooks that fails on plan.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_runtime::bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A message as it was received.
#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
    /// Status that it was answered with.
    pub(crate) status: u16,
}

impl Received {
    pub(crate) fn id(&self) -> String {
        self.headers["webhook-id"].to_str().unwrap().to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Returns the number in its data.
    pub(crate) fn number(&self) -> u64 {
        self.json()["data"]["n"].as_u64().unwrap()
    }
}

/// What a receiver answers.
#[derive(Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) after: Duration,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Answer {
        Answer { status, ..Answer::default() }
    }
}

type Plan = dyn Fn(&Received) -> Answer + Send + Sync;

/// A receiver that ends with the test.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    pub(crate) async fn start(plan: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (log, plan): (_, Arc<Plan>) = (seen.clone(), Arc::new(plan));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, plan) = (log.clone(), plan.clone());
                let service = service_fn(move |request| answer(request, log.clone(), plan.clone()));
                tokio::spawn(async move {
                    let server = hyper::server::conn::http1::Builder::new();
                    server.serve_connection(TokioIo::new(stream), service).await.ok()
                });
            }
        });
        Receiver { address, seen, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook?key=1", self.address)
    }

    pub(crate) fn all(&self) -> Vec<Received> {
        self.seen.lock().unwrap().clone()
    }

    /// Returns the numbers of the events that were taken, in order, each once for each time.
    pub(crate) fn taken(&self) -> Vec<u64> {
        self.all().iter().filter(|one| (200..300).contains(&one.status)).map(Received::number).collect()
    }
}

async fn answer(
    request: http::Request<Incoming>,
    log: Arc<Mutex<Vec<Received>>>,
    plan: Arc<Plan>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Ok(http::Response::new(Full::default())) };
    let mut received = Received { headers: parts.headers, body: body.to_bytes(), status: 0 };
    let answer = plan(&received);
    received.status = answer.status;
    log.lock().unwrap().push(received);
    tokio::time::sleep(answer.after).await;
    let mut response = http::Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::from(answer.body)).unwrap())
}
