//! Emails, many in flight

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_runtime::{Host, Run};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use xtask::Result;

use super::super::cpu::{self, pairs};
use super::super::flight::{Landed, fly};
use super::super::report::Row;
use super::super::server::FREE;
use super::super::{bare, ours};
use super::{Bench, Name, time};

const IN_FLIGHT: usize = 64;
/// So many that the limit of four calls to a mailbox at once holds nothing back.
const MAILBOXES: usize = 64;
/// So many inputs are made at a time.
const CHUNK: usize = 2 * IN_FLIGHT;
const TARGET: f64 = 1.25;

pub(super) async fn measure(bench: &Bench) -> Result<Row> {
    let count = bench.many(5000, 500);
    let graph = bench.server.graph(FREE);
    let host = ours::host(&graph)?;
    let body = body(&host).await?;

    bench.server.counts().await?;
    through_us(&host, count).await?;
    let sent = bench.server.counts().await?.bytes;
    bare_loop(bench, &graph, &Message::Text(body.clone()), count).await?;
    if sent != bench.server.counts().await?.bytes {
        return Err("the two sides do not send the same".into());
    }

    let runs = bench.many(25, 3);
    let ours = async || through_us(&host, count).await;
    let text = async || bare_loop(bench, &graph, &Message::Text(body.clone()), count).await;
    let measured = pairs(runs, ours, text).await?;
    let value = Message::Value(Arc::new(serde_json::from_slice(&body)?));
    let printing = pairs(runs, ours, async || bare_loop(bench, &graph, &value, count).await).await?.ratio;
    let each = |seconds: f64| format!("{} CPU each", time(seconds / count as f64));
    Ok(Row {
        row: Name::Send,
        work: format!("send {count} emails, {IN_FLIGHT} in flight"),
        bare: each(measured.bare.median),
        ours: each(measured.ours.median),
        ratio: Some(measured.ratio),
        target: format!("≤ {TARGET} × CPU"),
        met: Some(measured.ratio.median <= TARGET),
        notes: vec![
            format!(
                "Ours: Host::execute({}) with inputs already parsed; validation, permission check, token and pipeline included.",
                ours::SEND
            ),
            format!("Bare: a reqwest POST of the same {} bytes, made before, with a bearer header.", body.len()),
            format!(
                "Against a bare loop that prints a serde_json::Value for each POST: {:.2} ({:.2}–{:.2}).",
                printing.median, printing.least, printing.most
            ),
            format!(
                "The emails come from {MAILBOXES} mailboxes, so that the limit of four calls at once to each binds neither side."
            ),
        ],
    })
}

async fn through_us(host: &Host, count: usize) -> Result<Duration> {
    chunks(count, |places| {
        let inputs: Vec<Value> = places.map(|i| ours::email(i % MAILBOXES)).collect();
        let host = host.clone();
        fly(IN_FLIGHT, inputs, move |input| ours::send(host.clone(), input))
    })
    .await
}

/// What the bare loop posts.
#[derive(Clone)]
enum Message {
    Text(Bytes),
    Value(Arc<Value>),
}

impl Message {
    fn text(&self) -> Result<Bytes> {
        Ok(match self {
            Message::Text(text) => text.clone(),
            Message::Value(value) => serde_json::to_vec(value.as_ref())?.into(),
        })
    }
}

async fn bare_loop(bench: &Bench, graph: &str, message: &Message, count: usize) -> Result<Duration> {
    chunks(count, |places| {
        let urls: Vec<String> =
            places.map(|i| format!("{graph}/v1.0/users/{}/sendMail", ours::mailbox(i % MAILBOXES))).collect();
        let (client, message) = (bench.bare.clone(), message.clone());
        fly(IN_FLIGHT, urls, move |url| {
            let (client, message) = (client.clone(), message.clone());
            async move { bare::post(&client, url, message.text()?, StatusCode::ACCEPTED).await }
        })
    })
    .await
}

// The CPU time of `count` calls. What they are given is made before, but not all at once: a program that
// sends has just made what it sends, and finds it in the processor's caches.
async fn chunks<F: Future<Output = Result<Landed>>>(
    count: usize,
    begin: impl Fn(Range<usize>) -> F,
) -> Result<Duration> {
    let mut total = Duration::ZERO;
    for first in (0..count).step_by(CHUNK) {
        let calls = begin(first..count.min(first + CHUNK));
        let before = cpu::own()?;
        calls.await?.all_well()?;
        total += cpu::own()? - before;
    }
    Ok(total)
}

// What the host would send.
async fn body(host: &Host) -> Result<Bytes> {
    #[derive(Deserialize)]
    struct Preview<'a> {
        #[serde(borrow)]
        requests: Vec<Shown<'a>>,
    }
    #[derive(Deserialize)]
    struct Shown<'a> {
        #[serde(borrow)]
        body: &'a RawValue,
    }
    let shown = host.execute(Run::new(ours::SEND, ours::CONNECTION, ours::email(0)).preview()).await?.output;
    let preview: Preview<'_> = serde_json::from_str(shown.as_str())?;
    let request = preview.requests.first().ok_or("the preview shows no request")?;
    Ok(Bytes::copy_from_slice(request.body.get().as_bytes()))
}
