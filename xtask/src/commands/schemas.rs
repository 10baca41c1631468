//! `cargo xtask schemas`

use xtask::Result;
use xtask::checkout::Checkout;

/// Write schemas/ from the sources: a file for each action, trigger and picklist.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a file is not what the sources say.
    #[arg(long)]
    pub(super) check: bool,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    super::sync::run(checkout, args.check, "cargo xtask schemas", xtask::schemas::generated)
}
