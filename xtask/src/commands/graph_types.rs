//! `cargo xtask graph-types`

use std::path::PathBuf;

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::connectors::connectors;
use xtask::graph_types::{FILE, facts};
use xtask::metadata::Places;

/// Write what outputs say of Graph's types from Microsoft's metadata: names, kinds and nullability.
///
/// The CSDL is looked for beside the checkout, unless it is named. `cargo xtask conformance` checks that the
/// file is what the metadata says.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// The CSDL of Microsoft Graph v1.0, plain or gzip
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    let places = Places { metadata: args.metadata, ..Places::default() }.or_found(checkout);
    let text = facts(&places.read_model(checkout)?, &connectors());
    let changed = !checkout.has(FILE) || checkout.read(FILE)? != text;
    if changed {
        checkout.write(FILE, &text)?;
    }
    println!("{FILE}: {}", if changed { "written" } else { "is what the metadata says" });
    Ok(())
}
