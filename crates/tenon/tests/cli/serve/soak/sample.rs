//! What a process has of memory and open files.

use std::path::Path;

use serde_json::{Value, json};

/// What a process has at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) resident: u64,
    pub(super) files: usize,
}

#[cfg(target_os = "linux")]
pub(super) fn sample(process: u32) -> Option<Sample> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let resident = line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1024;
    Some(Sample { resident, files: std::fs::read_dir(format!("/proc/{process}/fd")).ok()?.count() })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn sample(_: u32) -> Option<Sample> {
    None
}

/// Returns the bytes of the files of a folder.
pub(super) fn size_of(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).filter(|data| data.is_file()).map(|data| data.len()).sum()
}

/// Returns the medians of the second and the last quarter: the first is warming up.
pub(super) fn grown(samples: &[Sample], of: impl Fn(&Sample) -> u64) -> Value {
    let quarter = samples.len() / 4;
    let median = |part: &[Sample]| {
        let mut values: Vec<u64> = part.iter().map(&of).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied()
    };
    json!({ "early": median(&samples[quarter..2 * quarter]), "late": median(&samples[samples.len() - quarter..]) })
}
