//! `cargo xtask walkthrough`

use std::process::Command;

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::metadata::Places;
use xtask::walkthrough::{Block, Call, Insertion, Step, steps};

use super::ci::Ended;

/// The page that is followed.
const PAGE: &str = "docs/writing-a-connector.md";

/// What the page writes that git does not know.
const WRITTEN: [&str; 4] =
    ["crates/planner-connector", "tests/transcripts/planner", "schemas/planner", "docs/connectors/planner.md"];

/// The checks that look at connectors, after the last step of the page. They build with the features of the whole
/// workspace, as the steps before have done, so that no dependency is built anew.
const CHECKS: [&[&str]; 6] = [
    &["fmt", "--all", "--check"],
    &["clippy", "--quiet", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"],
    &["test", "--quiet", "--test", "contracts", "--test", "transcripts"],
    &["test", "--quiet", "--test", "end_to_end", "--", "coverage::", "examples::"],
    &["run", "--quiet", "--bin", "xtask", "--", "schemas", "--check"],
    &["run", "--quiet", "--bin", "xtask", "--", "tidy"],
];

/// Follow docs/writing-a-connector.md in this checkout, step by step from its text, and run the checks that look at
/// connectors; then put the checkout back.
///
/// The checkout must have no changes that are not committed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave what the page writes in the checkout
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    if !is_clean(checkout)? {
        return Err("the checkout has changes that are not committed, and the page would be mixed with them".into());
    }
    let result = follow(checkout);
    if !args.keep {
        restore(checkout)?;
    }
    result
}

/// Follows the page as a step of `cargo xtask ci`. It is skipped aloud in a checkout with changes, and without
/// Microsoft's metadata, from which the page makes actions.
pub(super) fn step(checkout: &Checkout) -> Result<Ended> {
    if let Some(missing) = Places::default().or_found(checkout).missing() {
        println!("SKIPPED: {missing} is not here, so the page was not followed");
        return Ok(Ended::Skipped);
    }
    match is_clean(checkout) {
        Ok(true) => run(Args { keep: false }, checkout).map(|()| Ended::Passed),
        Ok(false) => {
            println!("SKIPPED: the checkout has changes that are not committed, so the page was not followed");
            Ok(Ended::Skipped)
        }
        Err(error) => {
            println!("SKIPPED: {error}, so the page was not followed");
            Ok(Ended::Skipped)
        }
    }
}

fn follow(checkout: &Checkout) -> Result<()> {
    for step in steps(&checkout.read(PAGE)?)? {
        let line = step.line();
        take(checkout, step).map_err(|error| format!("{PAGE}:{line}: {error}"))?;
    }
    for check in CHECKS {
        println!("$ cargo {}", check.join(" "));
        if !checkout.cargo().args(check).status()?.success() {
            return Err(format!("after the last step of {PAGE}, cargo {} fails", check.join(" ")).into());
        }
    }
    Ok(())
}

fn take(checkout: &Checkout, step: Step) -> Result<()> {
    match step {
        Step::Write(Block { file, text, .. }) => checkout.write(&file, &text),
        Step::Written(Block { file, text, .. }) => {
            let found = checkout.read(&file)?;
            if found == text {
                return Ok(());
            }
            let at = found.lines().zip(text.lines()).take_while(|(one, other)| one == other).count();
            Err(format!("{file}:{} is not what the page shows", at + 1).into())
        }
        Step::Insert(Insertion { file, after, entry, .. }) => {
            let text = checkout.read(&file)?;
            let found = text.lines().find(|line| line.trim() == after);
            let neighbour = found.ok_or_else(|| format!("{file} has no line `{after}`"))?;
            let indent = &neighbour[..neighbour.len() - neighbour.trim_start().len()];
            checkout.write(&file, &text.replacen(neighbour, &format!("{neighbour}\n{indent}{entry}"), 1))
        }
        Step::Run(Call { words, updates, fails, output, .. }) => {
            println!("$ cargo {}", words.join(" "));
            let mut cargo = checkout.cargo();
            if updates {
                cargo.env("UPDATE_TRANSCRIPTS", "1");
            }
            let ended = cargo.args(&words).output()?;
            let said = [ended.stdout, ended.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
            if ended.status.success() == fails {
                let how = if fails { "succeeds" } else { "fails" };
                return Err(format!("cargo {} {how}:\n{said}", words.join(" ")).into());
            }
            match output.iter().find(|line| !said.contains(line.trim_end())) {
                Some(line) => Err(format!("the page shows a line that did not come: {line}\n{said}").into()),
                None => Ok(()),
            }
        }
    }
}

fn is_clean(checkout: &Checkout) -> Result<bool> {
    let status = git(checkout, &["status", "--porcelain"])?;
    Ok(status.trim().is_empty())
}

fn restore(checkout: &Checkout) -> Result<()> {
    git(checkout, &["checkout", "--quiet", "--", "."])?;
    git(checkout, &[&["clean", "--quiet", "--force", "-d", "--"], WRITTEN.as_slice()].concat())?;
    Ok(())
}

fn git(checkout: &Checkout, words: &[&str]) -> Result<String> {
    let ended = Command::new("git").current_dir(checkout.root()).args(words).output();
    let ended = ended.map_err(|error| format!("git cannot be started: {error}"))?;
    match ended.status.success() {
        true => Ok(String::from_utf8_lossy(&ended.stdout).into_owned()),
        false => Err(format!("git {} fails: {}", words.join(" "), String::from_utf8_lossy(&ended.stderr)).into()),
    }
}
