//! `cargo xtask bench`, before it is built for measuring

use xtask::Result;
use xtask::checkout::Checkout;

use super::bench_build;

/// Measure, against a bare client and the same server.
///
/// Only a release build measures anything, so the tools are built anew first.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// Time builds instead: from nothing to the first result, all tests, an edit, a release.
    #[arg(long)]
    build: bool,
    /// What the benchmarks take; see `cargo xtask bench --help`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    if args.build {
        return bench_build::run(checkout);
    }
    let mut cargo = checkout.cargo();
    cargo
        .args(["run", "--quiet", "--release", "--package", "xtask", "--features", "bench", "--", "bench"])
        .args(args.rest);
    let status = cargo.status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err("the benchmarks did not run to their end".into()) }
}
