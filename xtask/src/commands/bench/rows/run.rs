//! A run over HTTP, of an action that does nothing

use std::time::{Duration, Instant};

use bytes::Bytes;
use connector_runtime::Run;
use futures_util::future::try_join_all;
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use tower_service::Service as _;
use xtask::Result;

use super::super::cpu::Spread;
use super::super::report::Row;
use super::super::server::FREE;
use super::super::service::{self, NOTHING, ServiceProcess, input, path};
use super::super::{bare, ours};
use super::{Bench, Name, time};

/// Target of what the service adds to a run.
const TARGET: f64 = 40e-6;
/// Target of requests in a second on one core.
const RATE: f64 = 5_000.0;
/// Number of connections over which the rate is measured.
const CONNECTIONS: usize = 16;
const WORK: &str = "POST …/run of an action that does nothing";

pub(super) async fn measure(bench: &Bench) -> Result<Row> {
    let graph = bench.server.graph(FREE);
    let (direct, routed) = within(&graph, bench.many(20_000, 500)).await?;
    let beyond = routed - direct;
    let process = ServiceProcess::start(&graph)?;
    let url = format!("{}{}", process.url, path(NOTHING));
    // Another server on loopback that reads as much and answers at once.
    let other = format!("{graph}/v1.0/users/{}/sendMail", ours::mailbox(0));
    let each = bench.many(5_000, 200);
    let ours_alone = alone(&bench.bare, &url, StatusCode::OK, each).await?;
    let bare_alone = alone(&bench.bare, &other, StatusCode::ACCEPTED, each).await?;
    let before = process.cpu();
    let count = bench.many(4_000, 100) * CONNECTIONS;
    let began = Instant::now();
    try_join_all((0..CONNECTIONS).map(|_| many(&bench.bare, &url, count / CONNECTIONS))).await?;
    let wall = began.elapsed();
    let cpu = process.cpu().zip(before).map(|(after, before)| after - before);
    let rate = cpu.map(|cpu| count as f64 / cpu.as_secs_f64());
    let target = format!("≤ {} more, ≥ {RATE} a second on one core", time(TARGET));
    let told = rate.map_or_else(|| "?".to_owned(), |rate| format!("{rate:.0}"));
    Ok(Row {
        row: Name::Run,
        work: WORK.to_owned(),
        bare: format!("Host::execute {} p50", time(direct)),
        ours: format!("{} more, {told} a second", time(beyond)),
        ratio: Some(Spread { median: routed / direct, least: routed / direct, most: routed / direct }),
        target,
        met: rate.map(|rate| beyond <= TARGET && rate >= RATE),
        notes: vec![
            format!("p50 of Service::router(), called without a network: {}.", time(routed)),
            format!(
                "Over loopback, one after another: p50 {}; a bare server that does nothing: {}.",
                time(ours_alone),
                time(bare_alone)
            ),
            format!(
                "A second on one core: {count} requests over {CONNECTIONS} connections, by the CPU time of the service; {:.0} a second passed.",
                count as f64 / wall.as_secs_f64()
            ),
            "Callers without a key: nothing is looked up and nothing counted in the store.".to_owned(),
        ],
    })
}

// The middle of calls of the host, and of the router around it, in turn.
async fn within(graph: &str, count: usize) -> Result<(f64, f64)> {
    let host = ours::host(graph)?;
    let mut router = service::service(graph)?.router();
    let body = Bytes::from(input().to_string());
    let (mut direct, mut routed) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for turn in 0..count + count / 10 {
        let run = Run::new(NOTHING, ours::CONNECTION, input());
        let began = Instant::now();
        host.execute(run).await?;
        let took = began.elapsed();
        let request = Request::post(path(NOTHING))
            .header("host", "127.0.0.1")
            .header("content-type", "application/json")
            .body(Full::new(body.clone()))?;
        let began = Instant::now();
        let response = router.call(request).await?;
        let status = response.status();
        response.into_body().collect().await?;
        let took_routed = began.elapsed();
        if status != StatusCode::OK {
            return Err(format!("the service answered {status}").into());
        }
        // The first of them warm up.
        if turn >= count / 10 {
            direct.push(took.as_secs_f64());
            routed.push(took_routed.as_secs_f64());
        }
    }
    Ok((Spread::of(direct).median, Spread::of(routed).median))
}

async fn alone(client: &reqwest::Client, url: &str, wanted: StatusCode, count: usize) -> Result<f64> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let began = Instant::now();
        match wanted {
            StatusCode::OK => run(client, url).await?,
            _ => bare::post(client, url.to_owned(), body(), wanted).await?,
        }
        times.push(began.elapsed());
    }
    Ok(Spread::of(times.iter().map(Duration::as_secs_f64).collect()).median)
}

async fn many(client: &reqwest::Client, url: &str, count: usize) -> Result<()> {
    for _ in 0..count {
        run(client, url).await?;
    }
    Ok(())
}

// Without a token: a caller of the service needs no key here.
async fn run(client: &reqwest::Client, url: &str) -> Result<()> {
    let answer = client.post(url).header(CONTENT_TYPE, "application/json").body(body()).send().await?;
    answer.error_for_status()?.bytes().await?;
    Ok(())
}

fn body() -> Bytes {
    input().to_string().into()
}
