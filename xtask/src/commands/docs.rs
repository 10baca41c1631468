//! `cargo xtask docs`

use xtask::Result;
use xtask::checkout::Checkout;

/// Write docs/connectors/ from the sources: a reference page for each connector.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a page is not what the sources say.
    #[arg(long)]
    pub(super) check: bool,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    super::sync::run(checkout, args.check, "cargo xtask docs", xtask::reference::generated)
}
