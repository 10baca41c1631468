//! `cargo xtask api`

use std::path::{Path, PathBuf};

use serde::Deserialize;
use xtask::Result;
use xtask::checkout::Checkout;
use xtask::generated::Generated;

use super::ci::Ended;
use super::sync;

/// Crates whose public interface others build on.
const CRATES: [&str; 2] = ["connector-sdk", "connector-runtime"];

/// Folder of the listings.
const FOLDER: &str = "docs/api";

/// Folder of the build, beside the workspace's own: `RUSTC_BOOTSTRAP` makes build scripts run again.
const TARGET: &str = "target/api";

/// Format of rustdoc's JSON that the crate `public-api` reads. It changes with the toolchain.
const FORMAT: u32 = 57;

/// Write docs/api/ from the sources: the public interface of the crates that others build on.
///
/// A review then sees what a change does to it. It needs a toolchain whose rustdoc writes the format that the crate
/// `public-api` reads.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a file is not what the sources say.
    #[arg(long)]
    pub(super) check: bool,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    match listings(checkout)? {
        Listings::Made(made) => sync::report(checkout, args.check, "cargo xtask api", &made),
        Listings::Unreadable(why) => Err(format!("skipped: {why}").into()),
    }
}

/// Compares the listings with the sources, as a step of `cargo xtask ci`.
pub(super) fn step(checkout: &Checkout) -> Result<Ended> {
    match listings(checkout)? {
        Listings::Made(made) => {
            sync::report(checkout, true, "cargo xtask api", &made)?;
            Ok(Ended::Passed)
        }
        Listings::Unreadable(why) => {
            println!("SKIPPED: {why}, so no interface was compared");
            Ok(Ended::Skipped)
        }
    }
}

enum Listings {
    Made(Generated),
    // The toolchain writes a format that cannot be read, for this reason.
    Unreadable(String),
}

fn listings(checkout: &Checkout) -> Result<Listings> {
    let mut made = Generated { folders: vec![FOLDER], ..Generated::default() };
    for name in CRATES {
        let json = rustdoc(checkout, name)?;
        let found = format_of(&json)?;
        if found != FORMAT {
            return Ok(Listings::Unreadable(format!(
                "this toolchain's rustdoc writes JSON of format {found}, and `public-api` reads format {FORMAT}"
            )));
        }
        let api = public_api::Builder::from_rustdoc_json(json)
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .omit_auto_derived_impls(true)
            .build()
            .map_err(|error| format!("the interface of {name} cannot be read: {error}"))?;
        let lines: Vec<String> = api.items().map(|item| item.to_string()).collect();
        made.file(format!("{FOLDER}/{name}.txt"), lines.join("\n") + "\n");
    }
    Ok(Listings::Made(made))
}

// Describes a crate in JSON, which a stable toolchain does only when it is told to act as the next one.
fn rustdoc(checkout: &Checkout, name: &str) -> Result<PathBuf> {
    let words = ["rustdoc", "--quiet", "--lib", "--package", name, "--target-dir", TARGET, "--"];
    let flags = ["-Z", "unstable-options", "--output-format", "json", "--cap-lints", "allow"];
    let status = checkout
        .cargo()
        .args(words)
        .args(flags)
        .env("RUSTC_BOOTSTRAP", "1")
        .status()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !status.success() {
        return Err(format!("rustdoc cannot describe {name} in JSON").into());
    }
    Ok(checkout.path(&format!("{TARGET}/doc/{}.json", name.replace('-', "_"))))
}

fn format_of(json: &Path) -> Result<u32> {
    #[derive(Deserialize)]
    struct Described {
        format_version: u32,
    }
    let text = std::fs::read(json).map_err(|error| format!("{} cannot be read: {error}", json.display()))?;
    let described: Described = serde_json::from_slice(&text)?;
    Ok(described.format_version)
}
