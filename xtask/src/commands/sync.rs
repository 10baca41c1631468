//! What `schemas`, `docs` and `api` have in common: writing or checking generated files.

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::connectors::connectors;
use xtask::descriptor::Description;
use xtask::generated::Generated;

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
    connector_testing::command::report(checkout, check, mend, made, &mut |line| println!("{line}"))
}
