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
    let (mut parse, mut check, mut both) = (Vec::new(), Vec::new(), Vec::new());
    // In turn, so that a slow moment of the machine meets all three. The first turn warms up.
    for turn in 0..=bench.many(15, 3) {
        let times = (
            batch(|| {
                black_box(read()?);
                Ok(())
            })?,
            batch(|| Ok(host.validate(ours::SEND, black_box(&value))?))?,
            batch(|| Ok(host.validate(ours::SEND, &read()?)?))?,
        );
        if turn > 0 {
            parse.push(times.0);
            check.push(times.1);
            both.push(times.2);
        }
    }
    let (parse, check, both) = (Spread::of(parse), Spread::of(check), Spread::of(both));
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

// The CPU time of one call of many, in seconds.
fn batch(call: impl Fn() -> Result<()>) -> Result<f64> {
    let before = cpu::own()?;
    for _ in 0..BATCH {
        call()?;
    }
    Ok((cpu::own()? - before).as_secs_f64() / BATCH as f64)
}
