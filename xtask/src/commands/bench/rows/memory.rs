//! A list fifty times as long: its memory

use std::process::Stdio;

use xtask::Result;

use super::super::process::{Listed, this};
use super::super::report::Row;
use super::{Bench, Name, time};

const FEW: usize = 20_000;
/// What may differ between two runs of the same list: pools, and pages of the allocator.
const NOISE: f64 = 1.25;

pub(super) fn measure(bench: &Bench) -> Result<Row> {
    let many = bench.many(1_000_000, 100_000);
    let (short, long) = (listed(bench, FEW)?, listed(bench, many)?);
    let work = format!("list {FEW}, then {many} messages");
    let target = format!("flat: ≤ {NOISE} × the peak");
    let (Some(few_peak), Some(many_peak)) = (short.peak, long.peak) else {
        return Ok(Row::not_measured(
            Name::Memory,
            &work,
            &target,
            "This system does not tell the peak of a process's memory.",
        ));
    };
    let growth = many_peak as f64 / few_peak as f64;
    let mebibytes = |kibibytes: u64| format!("{:.1} MiB peak", kibibytes as f64 / 1024.0);
    Ok(Row {
        row: Name::Memory,
        work,
        bare: format!("{} for {FEW}", mebibytes(few_peak)),
        ours: format!("{} for {many}", mebibytes(many_peak)),
        ratio: Some(super::super::cpu::Spread { median: growth, least: growth, most: growth }),
        target,
        met: Some(growth <= NOISE),
        notes: vec![
            "Both are ours, each in a process of its own: VmHWM at its end.".to_owned(),
            format!("CPU a message: {} and {}.", time(per_item(&short)), time(per_item(&long))),
        ],
    })
}

fn per_item(listed: &Listed) -> f64 {
    listed.cpu as f64 / 1e6 / listed.items as f64
}

fn listed(bench: &Bench, items: usize) -> Result<Listed> {
    let mut command = this("list")?;
    let output = command.arg(bench.server.graph(&format!("list-{items}"))).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the process that lists failed".into());
    }
    let listed: Listed = serde_json::from_slice(&output.stdout)?;
    if listed.items == items {
        Ok(listed)
    } else {
        Err(format!("{} items came instead of {items}", listed.items).into())
    }
}
