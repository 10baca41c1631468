//! `cargo xtask validate`

use std::path::PathBuf;

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::hidden::hidden;
use xtask::validate::{EXCEPTIONS, Format, Options};

/// Validate the descriptors of connectors, which may be written in any language.
///
/// docs/schemas.md describes descriptors, the rules and the forms of the report. Without a path, it validates schemas/,
/// and also looks for rules of the plans that no schema states.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Files, and folders with all JSON files below them
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    options: Options,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    let Args { mut paths, options, json } = args;
    let own = paths.is_empty();
    if own {
        let folder = checkout.path(xtask::schemas::FOLDER);
        // Shorter below the current folder, and just as easy to open.
        let here = std::env::current_dir()?;
        paths.push(folder.strip_prefix(&here).unwrap_or(&folder).to_owned());
    }
    let report = options.check(&paths)?;
    let format = if json { Format::Json } else { options.format.unwrap_or_default() };
    print!("{}", format.render(&report));
    let hidden = if own { hidden(&xtask::connectors::connectors(), EXCEPTIONS) } else { Vec::new() };
    hidden.iter().for_each(|rule| eprintln!("{rule}"));
    // Our own schemas have no warnings.
    match (report.fails(options.deny_warnings || own), hidden.len()) {
        (false, 0) => Ok(()),
        (_, 0) => Err(report.summary().into()),
        (_, count) => Err(format!("{}, and {count} rules that no schema states", report.summary()).into()),
    }
}
