//! What `schemas`, `docs` and `api` have in common: writing or checking generated files.

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::connectors::connectors;
use xtask::descriptor::Description;
use xtask::generated::{Difference, Generated, Mode};

/// Writes or checks what `make` generates. `mend` is the command that puts it right.
pub(super) fn run(
    checkout: &Checkout,
    check: bool,
    mend: &str,
    make: impl Fn(&[Description]) -> Result<Generated>,
) -> Result<()> {
    let connectors = connectors().iter().map(Description::of).collect::<Result<Vec<_>>>()?;
    report(checkout, check, mend, &make(&connectors)?)
}

/// Writes or checks generated files, and prints what differs.
pub(super) fn report(checkout: &Checkout, check: bool, mend: &str, made: &Generated) -> Result<()> {
    let differences = made.sync(checkout, if check { Mode::Check } else { Mode::Write })?;
    if check {
        for difference in &differences {
            println!("{difference}");
        }
        return match differences.len() {
            0 => {
                println!("{} files are as the sources say", made.files.len());
                Ok(())
            }
            count => Err(format!("{count} generated files differ; run `{mend}` and commit what it writes").into()),
        };
    }
    for difference in &differences {
        match difference {
            Difference::Missing(file) | Difference::Changed(file, _) => println!("wrote {file}"),
            Difference::Stale(file) => println!("removed {file}"),
        }
    }
    println!("{} files, {} of them changed", made.files.len(), differences.len());
    Ok(())
}
