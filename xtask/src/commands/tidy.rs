//! `cargo xtask tidy`

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::tidy::Project;

/// Hold the sources against the rules that the compiler does not know.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: Args, checkout: &Checkout) -> Result<()> {
    let project = Project::look(checkout)?;
    let findings = project.findings();
    for (rule, finding) in &findings {
        println!("{finding} [{rule}]");
    }
    let (warnings, errors): (Vec<_>, Vec<_>) = findings.iter().partition(|(_, finding)| finding.warning);
    match errors.len() {
        0 => {
            println!("{} rules are kept; {} warnings", project.rules(), warnings.len());
            Ok(())
        }
        count => Err(format!("{count} breaches; docs/ARCHITECTURE.md has the rules").into()),
    }
}
