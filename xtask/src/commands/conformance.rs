//! `cargo xtask conformance`

use std::path::PathBuf;

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::conformance::metadata::Places;
use xtask::conformance::{self, waivers::Waivers};
use xtask::connectors::connectors;

use super::ci::Ended;

/// Hold every request against Microsoft's own metadata.
///
/// The CSDL and the table of permissions are looked for beside the checkout, unless they are named. They
/// are not a part of the project: the README says where to get them. Without them nothing is checked, and
/// that is no success.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// The CSDL of Microsoft Graph v1.0, plain or gzip
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// The table of permissions (`permissions.json`), plain or gzip
    #[arg(long, value_name = "FILE")]
    permissions: Option<PathBuf>,
    /// Examples of Microsoft's pages, a JSON object to a line
    #[arg(long, value_name = "FILE")]
    examples: Option<PathBuf>,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    let places =
        Places { metadata: args.metadata, permissions: args.permissions, examples: args.examples }.or_found(checkout);
    if let Some(missing) = places.missing() {
        return Err(
            format!("skipped: {missing} is not here, so nothing was checked; the README says where to get it").into()
        );
    }
    let files = places.read(checkout)?;
    let connectors = connectors();
    let mut report = conformance::run(&files, Waivers::read(checkout)?, &connectors)?;
    conformance::hold_facts(&files, &connectors, &mut report);
    conformance::hold_sandbox(&files, checkout, &mut report)?;
    let report = report.close();
    println!("{report}");
    if report.findings.is_empty() { Ok(()) } else { Err("requests contradict the metadata".into()) }
}

/// As a step of `cargo xtask ci`: without the metadata it is skipped aloud.
pub(crate) fn step(checkout: &Checkout) -> Result<Ended> {
    if let Some(missing) = Places::default().or_found(checkout).missing() {
        println!("SKIPPED: {missing} is not here, so no request was held against it");
        return Ok(Ended::Skipped);
    }
    run(Args::default(), checkout).map(|()| Ended::Passed)
}
