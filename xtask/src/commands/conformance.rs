//! `cargo xtask conformance`

use std::path::PathBuf;

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::conformance::{self, waivers::Waivers};
use xtask::connectors::connectors;
use xtask::metadata::Places;

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
    /// Name each request that was checked, and each that could not be
    #[arg(long)]
    list: bool,
    /// Name what in Microsoft's own examples contradicts the metadata
    #[arg(long)]
    pages: bool,
}

impl Args {
    /// Creates the arguments of a run with these files, where they are not beside the checkout.
    pub(super) fn with(metadata: Option<PathBuf>, permissions: Option<PathBuf>) -> Args {
        Args { metadata, permissions, ..Args::default() }
    }
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
    if args.list {
        report.checked.iter().for_each(|request| println!("checked: {request}"));
        report.unchecked.iter().for_each(|request| println!("not described by the metadata: {request}"));
    }
    if args.pages {
        let contradictions = report.shown.iter().flat_map(|shown| &shown.contradictions);
        contradictions.for_each(|contradiction| println!("note: Microsoft's page {contradiction}"));
    }
    println!("{report}");
    if report.findings.is_empty() { Ok(()) } else { Err("requests contradict the metadata".into()) }
}

/// Compares as a step of `cargo xtask ci`; without the metadata it is skipped aloud.
pub(super) fn step(args: Args, checkout: &Checkout) -> Result<Ended> {
    let places = Places { metadata: args.metadata.clone(), permissions: args.permissions.clone(), examples: None };
    if let Some(missing) = places.or_found(checkout).missing() {
        println!("SKIPPED: {missing} is not here, so no request was compared with it");
        return Ok(Ended::Skipped);
    }
    run(args, checkout).map(|()| Ended::Passed)
}
