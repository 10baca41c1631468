//! Emails, many in flight

use bytes::Bytes;
use connector_runtime::{Host, Run};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use xtask::Result;

use super::super::cpu::{self, pairs};
use super::super::flight::fly;
use super::super::report::Row;
use super::super::server::FREE;
use super::super::{bare, ours};
use super::{Bench, Name, time};

const IN_FLIGHT: usize = 64;
/// So many that the limit of four calls to a mailbox at once holds nothing back.
const MAILBOXES: usize = 64;
const TARGET: f64 = 1.25;

pub(super) async fn measure(bench: &Bench) -> Result<Row> {
    let count = bench.many(5000, 500);
    let graph = bench.server.graph(FREE);
    let host = ours::host(&graph)?;
    let body = body(&host).await?;

    bench.server.counts().await?;
    ours_once(&host, count).await?;
    let sent = bench.server.counts().await?.bytes;
    bare_once(bench, &graph, &body, count).await?;
    if sent != bench.server.counts().await?.bytes {
        return Err("the two sides do not send the same".into());
    }

    let pairs = pairs(
        bench.many(9, 3),
        async || {
            let before = cpu::own()?;
            ours_once(&host, count).await?;
            Ok(cpu::own()? - before)
        },
        async || {
            let before = cpu::own()?;
            bare_once(bench, &graph, &body, count).await?;
            Ok(cpu::own()? - before)
        },
    )
    .await?;
    let each = |seconds: f64| format!("{} CPU each", time(seconds / count as f64));
    Ok(Row {
        row: Name::Send,
        work: format!("send {count} emails, {IN_FLIGHT} in flight"),
        bare: each(pairs.bare.median),
        ours: each(pairs.ours.median),
        ratio: Some(pairs.ratio),
        target: format!("≤ {TARGET} × CPU"),
        met: Some(pairs.ratio.median <= TARGET),
        notes: vec![
            format!(
                "Ours: Host::execute({}) with inputs already parsed; validation, permission check, token and pipeline included.",
                ours::SEND
            ),
            format!("Bare: a reqwest POST of the same {} bytes, made before, with a bearer header.", body.len()),
            format!("The emails come from {MAILBOXES} mailboxes, so that the limit of four calls at once to each binds neither side."),
        ],
    })
}

async fn ours_once(host: &Host, count: usize) -> Result<()> {
    let inputs: Vec<Value> = (0..count).map(|i| ours::email(i % MAILBOXES)).collect();
    let host = host.clone();
    fly(IN_FLIGHT, inputs, move |input| ours::send(host.clone(), input)).await?.all_well()
}

async fn bare_once(bench: &Bench, graph: &str, body: &Bytes, count: usize) -> Result<()> {
    let urls: Vec<String> = (0..count).map(|i| format!("{graph}/v1.0/users/{}/sendMail", ours::mailbox(i % MAILBOXES))).collect();
    let (client, body) = (bench.bare.clone(), body.clone());
    fly(IN_FLIGHT, urls, move |url| {
        let (client, body) = (client.clone(), body.clone());
        async move { bare::post(&client, url, body, StatusCode::ACCEPTED).await }
    })
    .await?
    .all_well()
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
