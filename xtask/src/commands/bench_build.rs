//! `cargo xtask bench --build`

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use xtask::Result;
use xtask::checkout::Checkout;

/// Folder of the builds, beside the workspace's own.
const TARGET: &str = "target/bench-build";

/// An action that is edited, and the test that tells whether it is right.
const EDITED: &str = "crates/outlook-connector/src/mail/actions/get_email.rs";
const TEST: [&str; 6] = ["test", "--quiet", "--package", "tenon-tests", "--test", "transcripts"];

/// What somebody has who has just cloned the repository: the first result of the program.
const FIRST: [&str; 9] =
    ["run", "--quiet", "--", "run", "outlook.list_emails", "--connection", "sandbox", "--set", "limit=3"];

/// Times the builds that people wait for, each in a folder without anything built, and prints them.
///
/// What is downloaded is downloaded first, so that the network is not measured.
///
/// # Errors
/// When a command fails.
pub(super) fn run(checkout: &Checkout) -> Result<()> {
    time(checkout, &["fetch", "--quiet"])?;
    empty(checkout)?;
    row("first result", time(checkout, &FIRST)?, "240 s");
    empty(checkout)?;
    row("cargo test --workspace", time(checkout, &["test", "--quiet", "--workspace"])?, "720 s");
    row("edit of an action to its test", edit(checkout)?, "5 s");
    empty(checkout)?;
    row("cargo build --release", time(checkout, &["build", "--quiet", "--release"])?, "360 s");
    let program = checkout.path(TARGET).join("release").join(format!("tenon{}", std::env::consts::EXE_SUFFIX));
    let bytes = fs::metadata(&program).map_err(|error| format!("{}: {error}", program.display()))?.len();
    println!("{:32} {:>7.1} MB  goal 25 MB", "the program", bytes as f64 / 1e6);
    empty(checkout)
}

fn row(what: &str, took: Duration, goal: &str) {
    println!("{what:32} {:>7.1} s   goal {goal}", took.as_secs_f64());
}

fn empty(checkout: &Checkout) -> Result<()> {
    let folder = checkout.path(TARGET);
    match folder.exists() {
        true => fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()).into()),
        false => Ok(()),
    }
}

fn time(checkout: &Checkout, words: &[&str]) -> Result<Duration> {
    let start = Instant::now();
    let mut cargo: Command = checkout.cargo();
    // The variable of the checkout's own builds, if there is one, would have it measure what is built already.
    let ended = cargo.args(words).env("CARGO_TARGET_DIR", TARGET).stdout(Stdio::null()).status();
    let ended = ended.map_err(|error| format!("cargo cannot be started: {error}"))?;
    match ended.success() {
        true => Ok(start.elapsed()),
        false => Err(format!("cargo {} failed", words.join(" ")).into()),
    }
}

// Times the test after a change of the action, which is taken back.
fn edit(checkout: &Checkout) -> Result<Duration> {
    time(checkout, &TEST)?;
    let before = checkout.read(EDITED)?;
    // Everything below it moves by a line, so that it is compiled anew.
    checkout.write(EDITED, &format!("// Edited.\n{before}").replacen("// Edited.\n//!", "//! Edited.\n//!", 1))?;
    let took = time(checkout, &TEST);
    checkout.write(EDITED, &before)?;
    took
}
