//! `cargo xtask ci`

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use xtask::Result;
use xtask::checkout::Checkout;

use super::{api, conformance, docs, fuzz, mcp, schemas, service, standalone, tidy, validate, walkthrough};

/// Run every check that a change must pass, and say how long each took.
///
/// A step that fails does not stop the others: one run shows all that is to be done.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave the tests out, for callers that have run them.
    #[arg(long)]
    skip_tests: bool,
    /// The CSDL of Microsoft Graph v1.0 for `conformance`, plain or gzip
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// The table of permissions for `conformance` (`permissions.json`), plain or gzip
    #[arg(long, value_name = "FILE")]
    permissions: Option<PathBuf>,
}

/// How a step ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It checked what it is for.
    Passed,
    /// It could not check anything, and has said why.
    Skipped,
}

type Step = (&'static str, fn(&Checkout, &Args) -> Result<Ended>);

const STEPS: [Step; 16] = [
    ("fmt", |checkout, _| cargo(checkout, &["fmt", "--all", "--check"])),
    ("clippy", |checkout, _| {
        cargo(checkout, &["clippy", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"])
    }),
    ("tests", |checkout, _| cargo(checkout, &["test", "--workspace"])),
    ("rustdoc", |checkout, _| rustdoc(checkout)),
    ("schemas", |checkout, _| passed(schemas::run(schemas::Args { check: true }, checkout))),
    ("docs", |checkout, _| passed(docs::run(docs::Args { check: true }, checkout))),
    ("api", |checkout, _| api::step(checkout)),
    ("validate", |checkout, _| passed(validate::run(validate::Args::default(), checkout))),
    ("conformance", |checkout, args| {
        conformance::step(conformance::Args::with(args.metadata.clone(), args.permissions.clone()), checkout)
    }),
    ("fuzz", |checkout, _| fuzz::step(checkout)),
    ("deny", |checkout, _| deny(checkout)),
    ("tidy", |checkout, _| passed(tidy::run(tidy::Args {}, checkout))),
    ("standalone", |checkout, _| passed(standalone::run(standalone::Args {}, checkout))),
    ("service", |checkout, _| service::step(checkout)),
    ("mcp", |checkout, _| mcp::step(checkout)),
    ("walkthrough", |checkout, _| walkthrough::step(checkout)),
];

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    let mut results: Vec<(&str, Result<Ended>, Duration)> = Vec::new();
    for (name, step) in STEPS.into_iter().filter(|(name, _)| !(args.skip_tests && *name == "tests")) {
        println!("== {name}");
        let start = Instant::now();
        let result = step(checkout, &args);
        if let Err(error) = &result {
            println!("{error}");
        }
        results.push((name, result, start.elapsed()));
    }
    println!("== times");
    for (name, result, time) in &results {
        let word = match result {
            Ok(Ended::Passed) => "ok",
            Ok(Ended::Skipped) => "skipped",
            Err(_) => "FAILED",
        };
        println!("{name:11} {:>7.1} s  {word}", time.as_secs_f64());
    }
    let failed: Vec<&str> = results.iter().filter(|(_, result, _)| result.is_err()).map(|(name, ..)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", ")).into()) }
}

fn passed(result: Result<()>) -> Result<Ended> {
    result.map(|()| Ended::Passed)
}

fn cargo(checkout: &Checkout, words: &[&str]) -> Result<Ended> {
    finish(checkout.cargo().args(words), words)
}

fn finish(command: &mut Command, words: &[&str]) -> Result<Ended> {
    let status = command.status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() { Ok(Ended::Passed) } else { Err(format!("cargo {} failed", words.join(" ")).into()) }
}

// Links that lead nowhere are warnings, and only rustdoc sees them.
fn rustdoc(checkout: &Checkout) -> Result<Ended> {
    let words = ["doc", "--workspace", "--no-deps", "--quiet"];
    finish(checkout.cargo().args(words).env("RUSTDOCFLAGS", "--deny warnings"), &words)
}

// Known vulnerabilities come from a database on the network, which a check of a change does not need.
fn deny(checkout: &Checkout) -> Result<Ended> {
    let there = checkout.cargo().args(["deny", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        println!("SKIPPED: cargo-deny is not installed (`cargo install cargo-deny`), so no dependency was looked at");
        return Ok(Ended::Skipped);
    }
    cargo(checkout, &["deny", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
}
