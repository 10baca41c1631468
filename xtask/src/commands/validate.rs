//! `cargo xtask validate`

use std::path::PathBuf;

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::validate::Finding;

/// Hold connector schemas against the meta-schema and the house style.
///
/// Each failure is printed as `file#/pointer: message`. The files need not be of this checkout.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A file or folder; the default is schemas/, and with it the rules of the plans that no schema says.
    pub(super) path: Option<PathBuf>,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    let own = args.path.is_none();
    let path = args.path.unwrap_or_else(|| checkout.path(xtask::schemas::FOLDER));
    let report = xtask::validate::validate(&path)?;
    // Shorter below the current folder, and just as easy to open.
    let here = std::env::current_dir()?;
    for finding in &report.findings {
        let file = finding.file.strip_prefix(&here).unwrap_or(&finding.file).to_owned();
        println!("{}", Finding { file, ..finding.clone() });
    }
    let hidden = if own { xtask::validate::hidden::hidden(&xtask::connectors::connectors()) } else { Vec::new() };
    for rule in &hidden {
        println!(
            "{}: the plan refuses what the schema takes, by {}: {}",
            rule.action,
            rule.properties.join(" and "),
            rule.message
        );
    }
    match report.findings.len() + hidden.len() {
        0 => {
            println!("{} files are valid", report.files);
            Ok(())
        }
        count => Err(format!("{count} failures in {} files", report.files).into()),
    }
}
