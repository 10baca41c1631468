//! `cargo xtask ci`

use std::time::{Duration, Instant};

use xtask::Result;
use xtask::checkout::Checkout;

use super::{conformance, docs, fuzz, schemas, tidy, validate};

/// Run every check that a change must pass, and say how long each took.
///
/// A step that fails does not stop the others: one run shows all that is to be done.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave the tests out, for callers that have run them.
    #[arg(long)]
    skip_tests: bool,
}

type Step = (&'static str, fn(&Checkout) -> Result<()>);

const STEPS: [Step; 9] = [
    ("fmt", |checkout| cargo(checkout, &["fmt", "--all", "--check"])),
    ("clippy", |checkout| {
        cargo(checkout, &["clippy", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"])
    }),
    ("tests", |checkout| cargo(checkout, &["test", "--workspace"])),
    ("schemas", |checkout| schemas::run(schemas::Args { check: true }, checkout)),
    ("docs", |checkout| docs::run(docs::Args { check: true }, checkout)),
    ("validate", |checkout| validate::run(validate::Args { path: None }, checkout)),
    ("conformance", conformance::step),
    ("fuzz", fuzz::step),
    ("tidy", |checkout| tidy::run(tidy::Args {}, checkout)),
];

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    let mut results: Vec<(&str, Result<()>, Duration)> = Vec::new();
    for (name, step) in STEPS.into_iter().filter(|(name, _)| !(args.skip_tests && *name == "tests")) {
        println!("== {name}");
        let start = Instant::now();
        let result = step(checkout);
        if let Err(error) = &result {
            println!("{error}");
        }
        results.push((name, result, start.elapsed()));
    }
    println!("== times");
    for (name, result, time) in &results {
        println!("{name:11} {:>7.1} s  {}", time.as_secs_f64(), if result.is_ok() { "ok" } else { "FAILED" });
    }
    let failed: Vec<&str> = results.iter().filter(|(_, result, _)| result.is_err()).map(|(name, ..)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", ")).into()) }
}

fn cargo(checkout: &Checkout, words: &[&str]) -> Result<()> {
    let status = checkout.cargo().args(words).status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} failed", words.join(" ")).into()) }
}
