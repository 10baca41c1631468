//! A long list over HTTP, a line for each item

use std::time::{Duration, Instant};

use http::header::{ACCEPT, CONTENT_TYPE};
use xtask::Result;

use super::super::report::Row;
use super::super::service::{ServiceProcess, path};
use super::super::{bare, ours};
use super::{Bench, Name, time};

/// Target of what the memory grows by, in KiB.
const GROWTH: u64 = 8 * 1024;
/// Target of the first item after Graph's first page.
const FIRST: f64 = 0.050;

pub(super) async fn measure(bench: &Bench) -> Result<Row> {
    let count = bench.many(100_000, 10_000);
    let graph = bench.server.graph(&format!("list-{count}"));
    let process = ServiceProcess::start(&graph)?;
    let url = format!("{}{}", process.url, path(ours::LIST));
    let work = format!("{count} messages of 2 KB as NDJSON");
    let target = format!("≤ {} MiB more memory, first item < {}", GROWTH / 1024, time(FIRST));
    // What is made once, such as validators and connections, is no matter of the list.
    read(bench, &url, serde_json::json!({ "limit": 100 }), 100).await?;
    let before = process.memory();
    let (first, whole) = read(bench, &url, serde_json::json!({ "fetchAll": true }), count).await?;
    let page = format!("{graph}/v1.0/users/{}/mailFolders/inbox/messages?$top=100", ours::mailbox(0));
    let began = Instant::now();
    bare::get(&bench.bare, &page).await?;
    let one_page = began.elapsed();
    let Some(((before, _), (_, peak))) = before.zip(process.memory()) else {
        return Ok(Row::not_measured(
            Name::Lines,
            &work,
            &target,
            "This system does not tell the memory of a process.",
        ));
    };
    let grown = peak.saturating_sub(before);
    let after_page = first.saturating_sub(one_page).as_secs_f64();
    Ok(Row {
        row: Name::Lines,
        work,
        bare: format!("{} for a page", time(one_page.as_secs_f64())),
        ours: format!(
            "{:.1} MiB more than {:.1}, first item {} after the page",
            grown as f64 / 1024.0,
            before as f64 / 1024.0,
            time(after_page)
        ),
        ratio: None,
        target,
        met: Some(grown <= GROWTH && after_page < FIRST),
        notes: vec![
            "The peak of the service's process (VmHWM) by what it had after a first page (VmRSS).".to_owned(),
            format!("The whole list took {}; the client read it as it came.", time(whole.as_secs_f64())),
        ],
    })
}

// The times to the first item and to the end.
async fn read(bench: &Bench, url: &str, input: serde_json::Value, wanted: usize) -> Result<(Duration, Duration)> {
    let began = Instant::now();
    let request = bench.bare.post(url).header(CONTENT_TYPE, "application/json").header(ACCEPT, "application/x-ndjson");
    let mut answer = request.body(input.to_string()).send().await?.error_for_status()?;
    let (mut first, mut lines, mut last) = (None, 0, Vec::new());
    while let Some(part) = answer.chunk().await? {
        first.get_or_insert_with(|| began.elapsed());
        lines += part.iter().filter(|byte| **byte == b'\n').count();
        last = part.to_vec();
    }
    // The last line has the result.
    if lines != wanted + 1 || !last.ends_with(b"}\n") {
        return Err(format!("{lines} lines came instead of {}", wanted + 1).into());
    }
    Ok((first.unwrap_or_default(), began.elapsed()))
}
