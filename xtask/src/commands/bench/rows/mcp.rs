//! A read over MCP, of an action that does nothing, and a search

use std::time::Instant;

use bytes::Bytes;
use connector_runtime::{Interface, Principal, Run};
use futures_util::future::try_join_all;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};
use xtask::Result;

use super::super::cpu::Spread;
use super::super::ours;
use super::super::report::Row;
use super::super::server::FREE;
use super::super::service::{NOTHING, ServiceProcess, input};
use super::{Bench, Name, time};

/// Target of the CPU time that the protocol adds to a run.
const TARGET: f64 = 60e-6;
/// Target of the memory of a service that nobody has called, in KiB.
const MEMORY: u64 = 12 * 1024;
/// Target of a search.
const SEARCH: f64 = 1e-3;
/// Number of connections.
const CONNECTIONS: usize = 8;
const WORK: &str = "tools/call of an action that does nothing";

/// Questions, as people ask them.
const QUESTIONS: [&str; 5] = [
    "what is in my inbox",
    "book a room with three colleagues next week",
    "who has not signed in for ninety days",
    "put a file into the team's folder",
    "add a row to the budget sheet",
];

pub(super) async fn measure(bench: &Bench) -> Result<Row> {
    let graph = bench.server.graph(FREE);
    let count = bench.many(4_000, 50) * CONNECTIONS;
    let direct = direct(&graph, count).await?;
    let process = ServiceProcess::start(&graph)?;
    let idle = process.memory().map(|(now, _)| now);
    let url = format!("{}/mcp", process.url);
    many(&bench.bare, &url, count / 10).await?;
    let before = process.cpu();
    try_join_all((0..CONNECTIONS).map(|_| many(&bench.bare, &url, count / CONNECTIONS))).await?;
    let called = process.cpu().zip(before).map(|(after, before)| (after - before).as_secs_f64() / count as f64);
    let beyond = called.map(|called| called - direct);
    let search = search(&graph, bench.many(2_000, 20))?;
    let told = |seconds: Option<f64>| seconds.map_or_else(|| "?".to_owned(), time);
    let mebibytes = |kibibytes: u64| format!("{:.1} MiB", kibibytes as f64 / 1024.0);
    Ok(Row {
        row: Name::Mcp,
        work: WORK.to_owned(),
        bare: format!("Host::execute {} of CPU", time(direct)),
        ours: format!("{} more", told(beyond)),
        ratio: called.map(|called| Spread { median: called / direct, least: called / direct, most: called / direct }),
        target: format!("≤ {} more; ≤ {} at rest; a search < {}", time(TARGET), mebibytes(MEMORY), time(SEARCH)),
        met: beyond.zip(idle).map(|(beyond, idle)| beyond <= TARGET && idle <= MEMORY && search.median < SEARCH),
        notes: vec![
            format!("A service with all actions that nobody has called: {}.", idle.map_or("?".to_owned(), mebibytes)),
            format!("A search: {} ({}–{}).", time(search.median), time(search.least), time(search.most)),
            format!("{count} calls over {CONNECTIONS} connections, by the CPU time of the service, in one thread."),
        ],
    })
}

// The CPU time of a run, by the wall time of one thread that does nothing else.
async fn direct(graph: &str, count: usize) -> Result<f64> {
    let host = ours::host(graph)?;
    let began = Instant::now();
    for _ in 0..count {
        host.execute(Run::new(NOTHING, ours::CONNECTION, input())).await?;
    }
    Ok(began.elapsed().as_secs_f64() / count as f64)
}

fn search(graph: &str, count: usize) -> Result<Spread> {
    let host = ours::host(graph)?.authorize(Principal::owner(), Interface::Library);
    let mut times = Vec::with_capacity(count);
    for turn in 0..count + QUESTIONS.len() {
        let began = Instant::now();
        let found = host.find_actions(QUESTIONS[turn % QUESTIONS.len()], None, 8)?;
        // The first of them makes the index.
        if turn >= QUESTIONS.len() {
            times.push(began.elapsed().as_secs_f64());
        }
        if found.is_empty() {
            return Err("a search found nothing".into());
        }
    }
    Ok(Spread::of(times))
}

async fn many(client: &reqwest::Client, url: &str, count: usize) -> Result<()> {
    let arguments = json!({ "action": NOTHING, "connection": ours::CONNECTION, "input": input() });
    let params = json!({ "name": "run_read_action", "arguments": arguments });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let body = Bytes::from(message.to_string());
    for turn in 0..count {
        let request = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25");
        let answer = request.body(body.clone()).send().await?.error_for_status()?.bytes().await?;
        // What is measured is what was asked for.
        if turn == 0 {
            let answer: Value = serde_json::from_slice(&answer)?;
            if answer["result"]["content"].is_null() || answer["result"]["isError"] == true {
                return Err(format!("the call failed: {answer}").into());
            }
        }
    }
    Ok(())
}
