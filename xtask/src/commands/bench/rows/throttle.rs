//! More than the server allows: in a second, and at once

use std::time::Instant;

use serde_json::Value;
use xtask::Result;

use super::super::cpu::Spread;
use super::super::flight::{Landed, fly};
use super::super::ours;
use super::super::report::Row;
use super::super::server::{ALLOWED_A_SECOND, AT_ONCE, Counts, LIMITED, MAILBOXES, WORK};
use super::{Bench, Name, time};

const IN_FLIGHT: usize = 64;
/// "Few refused": those that were in flight when the limit was met for the first time, and as many again.
const FEW: u64 = 2 * IN_FLIGHT as u64;

/// The limit is the server's as a whole; the emails come from sixteen mailboxes, which is as few as 64 in
/// flight can come from.
pub(super) async fn many_mailboxes(bench: &Bench) -> Result<Row> {
    in_a_second(bench, Name::Rate, IN_FLIGHT / AT_ONCE).await
}

pub(super) async fn one_mailbox(bench: &Bench) -> Result<Row> {
    in_a_second(bench, Name::RateOne, 1).await
}

async fn in_a_second(bench: &Bench, row: Name, mailboxes: usize) -> Result<Row> {
    let count = bench.many(2000, 800);
    // Each row meets the limit unused.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let (wall, landed, counts) = run(bench, LIMITED, count, mailboxes).await?;
    // The first second's requests may all go at once, and the last second need not be waited for.
    let optimum = (count / ALLOWED_A_SECOND - 1) as f64;
    let ratio = wall / optimum;
    let mailbox_word = if mailboxes == 1 { "mailbox" } else { "mailboxes" };
    Ok(Row {
        row,
        work: format!(
            "{count} emails, {IN_FLIGHT} in flight, {mailboxes} {mailbox_word}, {ALLOWED_A_SECOND} a second allowed"
        ),
        bare: format!("{} optimum", time(optimum)),
        ours: format!("{}, {} failed, {} refused", time(wall), landed.failed, counts.refused),
        ratio: Some(once(ratio)),
        target: "≤ 1.05 × the optimum, none failed, few refused".to_owned(),
        met: Some(ratio <= 1.05 && landed.failed == 0 && counts.refused <= FEW),
        notes: landed.why.into_iter().collect(),
    })
}

/// One mailbox that takes four at once.
pub(super) async fn at_once(bench: &Bench) -> Result<Row> {
    let count = bench.many(400, 100);
    let (wall, landed, counts) = run(bench, MAILBOXES, count, 1).await?;
    // Timers are never early, so what counts is how long the server worked by its own clock.
    let optimum = counts.worked as f64 / 1e6 / AT_ONCE as f64;
    let ratio = wall / optimum;
    Ok(Row {
        row: Name::Mailbox,
        work: format!("{count} emails from one mailbox that allows {AT_ONCE} at once"),
        bare: format!("{} optimum", time(optimum)),
        ours: format!("{}, {} failed, {} refused", time(wall), landed.failed, counts.refused),
        ratio: Some(once(ratio)),
        target: "≤ 1.1 × the optimum, none refused".to_owned(),
        met: Some(ratio <= 1.1 && landed.failed == 0 && counts.refused == 0),
        notes: vec![format!(
            "The optimum is the time that the server worked on them, by its own clock, divided by {AT_ONCE}; it meant to work {} on each.",
            time(WORK.as_secs_f64()),
        )],
    })
}

async fn run(bench: &Bench, kind: &str, count: usize, mailboxes: usize) -> Result<(f64, Landed, Counts)> {
    // A new host knows of no limit.
    let host = ours::host(&bench.server.graph(kind))?;
    let inputs: Vec<Value> = (0..count).map(|i| ours::email(i % mailboxes)).collect();
    bench.server.counts().await?;
    let began = Instant::now();
    let landed = fly(IN_FLIGHT, inputs, move |input| ours::send(host.clone(), input)).await?;
    Ok((began.elapsed().as_secs_f64(), landed, bench.server.counts().await?))
}

fn once(value: f64) -> Spread {
    Spread { median: value, least: value, most: value }
}
