//! `cargo xtask bench`, built for measuring

use xtask::Result;
use xtask::checkout::Checkout;

/// Measure, against a bare client and the same server.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: Args, _: &Checkout) -> Result<()> {
    Err("there is nothing to measure yet".into())
}
