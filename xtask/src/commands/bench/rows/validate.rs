//! Reading and validating an input

use std::hint::black_box;

use serde_json::Value;
use xtask::Result;

use super::super::cpu::{self, Spread};
use super::super::ours;
use super::super::report::Row;
use super::super::server::FREE;
use super::{Bench, Name, time};

const TARGET: f64 = 2e-6;
/// So many in a batch: CPU time is counted in microseconds.
const BATCH: usize = 20_000;

pub(super) fn measure(bench: &Bench) -> Result<Row> {
    let host = ours::host(&bench.server.graph(FREE))?;
    let text = ours::email(0).to_string();
    let read = || serde_json::from_str::<Value>(black_box(&text));
    let value = read()?;
    host.validate(ours::SEND, &value)?;
    let batches = bench.many(15, 3);
    let parse = each(batches, || Ok(drop(black_box(read()?))))?;
    let check = each(batches, || Ok(host.validate(ours::SEND, black_box(&value))?))?;
    let both = each(batches, || {
        let value = read()?;
        Ok(host.validate(ours::SEND, &value)?)
    })?;
    Ok(Row {
        row: Name::Validate,
        work: format!("parse and validate a send-email input of {} bytes", text.len()),
        bare: format!("{} CPU to parse", time(parse.median)),
        ours: format!("{} CPU ({}–{})", time(both.median), time(both.least), time(both.most)),
        ratio: None,
        target: "< 2 µs".to_owned(),
        met: Some(both.median < TARGET),
        notes: vec![format!("Of it to validate: {}. To parse is text to serde_json::Value.", time(check.median))],
    })
}

// The CPU time of one call, in seconds.
fn each(batches: usize, mut call: impl FnMut() -> Result<()>) -> Result<Spread> {
    let mut times = Vec::with_capacity(batches);
    for _ in 0..=batches {
        let before = cpu::own()?;
        for _ in 0..BATCH {
            call()?;
        }
        times.push((cpu::own()? - before).as_secs_f64() / BATCH as f64);
    }
    // The first batch warms up.
    Ok(Spread::of(times.split_off(1)))
}
