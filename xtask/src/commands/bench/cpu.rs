//! CPU time, and ratios of it.

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde::Serialize;
use xtask::Result;

/// The CPU time of this process so far, of all its threads, in user and system mode.
pub(super) fn own() -> Result<Duration> {
    used(UsageWho::RUSAGE_SELF)
}

/// The CPU time of all child processes that have ended.
pub(super) fn of_children() -> Result<Duration> {
    used(UsageWho::RUSAGE_CHILDREN)
}

fn used(who: UsageWho) -> Result<Duration> {
    let usage = getrusage(who)?;
    Ok(time(usage.user_time()) + time(usage.system_time()))
}

fn time(value: TimeVal) -> Duration {
    let seconds = u64::try_from(value.tv_sec()).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_micros(u64::try_from(value.tv_usec()).unwrap_or_default())
}

/// The middle of many measurements, and how far they spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Spread {
    /// Of no measurements it is not a number.
    pub(super) fn of(mut values: Vec<f64>) -> Spread {
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 { at(middle) } else { (at(middle.saturating_sub(1)) + at(middle)) / 2.0 };
        Spread { median, least: at(0), most: at(values.len().saturating_sub(1)) }
    }
}

/// The CPU times of two kinds of runs, in seconds, and of each pair the ratio.
#[derive(Debug)]
pub(super) struct Pairs {
    pub(super) ours: Spread,
    pub(super) bare: Spread,
    pub(super) ratio: Spread,
}

/// Runs both, in turn, after a run of each that does not count.
///
/// What makes the machine slow for a while makes both runs of a pair slow, so the ratio stays.
pub(super) async fn pairs(
    count: usize,
    mut ours: impl AsyncFnMut() -> Result<Duration>,
    mut bare: impl AsyncFnMut() -> Result<Duration>,
) -> Result<Pairs> {
    ours().await?;
    bare().await?;
    let mut times = Vec::with_capacity(count);
    for turn in 0..count {
        // Neither is always the one that comes second.
        let pair = if turn % 2 == 0 {
            let first = ours().await?;
            (first, bare().await?)
        } else {
            let first = bare().await?;
            (ours().await?, first)
        };
        times.push((pair.0.as_secs_f64(), pair.1.as_secs_f64()));
    }
    Ok(Pairs {
        ours: Spread::of(times.iter().map(|(ours, _)| *ours).collect()),
        bare: Spread::of(times.iter().map(|(_, bare)| *bare).collect()),
        ratio: Spread::of(times.iter().map(|(ours, bare)| ours / bare).collect()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_ends() {
        assert_eq!(Spread::of(vec![3.0, 1.0, 2.0]), Spread { median: 2.0, least: 1.0, most: 3.0 });
        assert_eq!(Spread::of(vec![4.0, 1.0, 2.0, 3.0]).median, 2.5);
        assert!(Spread::of(Vec::new()).median.is_nan());
    }

    #[test]
    fn work_takes_time() {
        let before = own().unwrap();
        let mut sum = 0_u64;
        while own().unwrap() == before {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(own().unwrap() > before);
    }
}
