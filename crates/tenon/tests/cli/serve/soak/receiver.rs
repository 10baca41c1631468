//! A receiver of webhooks, which can fail on plan: of the first attempts some are refused and some take too long.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Time limit of a delivery, which slow answers take longer than.
pub(super) const TIMEOUT: Duration = Duration::from_secs(1);

/// What came under an id.
#[derive(Debug, Clone)]
struct Message {
    /// Watch and subject.
    of: (String, String),
    times: usize,
    is_accepted: bool,
}

/// What a receiver has to tell at the end.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many ids each mail of each watch was accepted under.
    pub(super) accepted: BTreeMap<(String, String), usize>,
    /// Messages that came more than once.
    pub(super) repeated: usize,
    pub(super) refused: usize,
    pub(super) slow: usize,
    /// Times from when an event was stored to its first attempt here, in milliseconds, in order.
    pub(super) latencies: Vec<u64>,
}

impl Tally {
    /// Returns the latency that this part of a thousand does not exceed.
    pub(super) fn latency(&self, thousandth: usize) -> Option<u64> {
        self.latencies.get(self.latencies.len() * thousandth / 1000).copied()
    }
}

#[derive(Default)]
struct State {
    messages: HashMap<String, Message>,
    refused: usize,
    slow: usize,
    latencies: Vec<u64>,
    /// Whether it fails on plan.
    fails: bool,
    /// Until when everything is refused.
    down: Option<Instant>,
}

pub(super) struct Receiver {
    pub(super) url: String,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    pub(super) async fn start(fails: bool) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { fails, ..State::default() }));
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                let service = service_fn(move |request| answer(request, shared.clone()));
                tokio::spawn(async move {
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Receiver { url, state, task }
    }

    /// Refuses everything for a while.
    pub(super) fn goes_down(&self, time: Duration) {
        self.state.lock().unwrap().down = Some(Instant::now() + time);
    }

    pub(super) fn tally(&self) -> Tally {
        let state = self.state.lock().unwrap();
        let mut tally =
            Tally { refused: state.refused, slow: state.slow, latencies: state.latencies.clone(), ..Tally::default() };
        tally.latencies.sort_unstable();
        for message in state.messages.values() {
            tally.repeated += usize::from(message.times > 1);
            *tally.accepted.entry(message.of.clone()).or_default() += usize::from(message.is_accepted);
        }
        tally
    }
}

async fn answer(request: Request<Incoming>, state: Arc<Mutex<State>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let id = request.headers()["webhook-id"].to_str().unwrap().to_owned();
    let Ok(body) = request.into_body().collect().await else { return Ok(status(400)) };
    let message: Value = serde_json::from_slice(&body.to_bytes()).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = (text(&message["watch"]["name"]), text(&message["data"]["subject"]));
    let stored: Option<Timestamp> = message["timestamp"].as_str().and_then(|text| text.parse().ok());
    let latency = stored.and_then(|at| u64::try_from(Timestamp::now().duration_since(at).as_millis()).ok());
    // One of ten is refused, and one of thirty takes too long: what the id says, so that it is the same each time.
    let dice = id.bytes().fold(7_u32, |dice, byte| dice.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let (pause, answered) = {
        let mut state = state.lock().unwrap();
        let (is_down, fails) = (state.down.is_some_and(|until| Instant::now() < until), state.fails);
        let message = state.messages.entry(id).or_insert(Message { of, times: 0, is_accepted: false });
        message.times += 1;
        let first = message.times == 1;
        let (pause, answered) = match dice % 30 {
            _ if is_down => (Duration::ZERO, 503),
            0..3 if first && fails => (Duration::ZERO, 500),
            3 if first && fails => (2 * TIMEOUT, 204),
            _ => (Duration::ZERO, 204),
        };
        // What is answered too late was not accepted, as the sender sees it.
        message.is_accepted |= answered == 204 && pause.is_zero();
        if first && !is_down {
            state.latencies.extend(latency);
        }
        state.refused += usize::from(answered != 204);
        state.slow += usize::from(!pause.is_zero());
        (pause, answered)
    };
    tokio::time::sleep(pause).await;
    Ok(status(answered))
}

fn status(status: u16) -> Response<Full<Bytes>> {
    Response::builder().status(status).body(Full::default()).unwrap()
}
