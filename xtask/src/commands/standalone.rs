//! `cargo xtask standalone`

use std::fs;

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::scaffold;

/// The folder of the crate.
const FOLDER: &str = "target/standalone";

/// What an author does with the crate, in this order.
const COMMANDS: [&[&str]; 9] = [
    &["xtask", "new", "action", "get_again"],
    &["fmt", "--all", "--check"],
    &["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"],
    &["test", "--quiet"],
    &["test", "--quiet", "--doc"],
    &["xtask", "schemas", "--check"],
    &["xtask", "docs", "--check"],
    &["xtask", "validate", "--deny-warnings"],
    &["run", "--quiet", "--example", "sandbox"],
];

/// Make a connector in a crate of its own, as `new connector --out` does, and build and check it.
///
/// The crate is made in target/standalone. It is built without a network, from what this checkout was built from.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(Args {}: Args, checkout: &Checkout) -> Result<()> {
    let out = checkout.path(FOLDER);
    if out.exists() {
        fs::remove_dir_all(&out).map_err(|error| format!("{} cannot be removed: {error}", out.display()))?;
    }
    let (place, draft) = scaffold::standalone(checkout, &out, "trial_run")?;
    draft.write(&place)?;
    for words in COMMANDS {
        println!("$ cargo {}", words.join(" "));
        let status = place
            .cargo()
            .args(words)
            // Shared with the checkout, so that other people's crates are built once.
            .env("CARGO_TARGET_DIR", checkout.path("target"))
            .env("CARGO_NET_OFFLINE", "true")
            .status()?;
        if !status.success() {
            return Err(format!("in {FOLDER}, cargo {} fails", words.join(" ")).into());
        }
    }
    Ok(())
}
