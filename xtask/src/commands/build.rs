//! `cargo xtask build`

use std::time::Instant;

use xtask::Result;
use xtask::checkout::Checkout;
use xtask::scaffold::ConnectorCrate;

/// Build the workspace, or one connector and its tests.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The connector's name, such as `outlook`; without it, everything.
    connector: Option<String>,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    let what = match args.connector {
        Some(connector) => vec!["--package".to_owned(), ConnectorCrate::of_project(checkout, &connector)?.package],
        None => vec!["--workspace".to_owned()],
    };
    step(checkout, "build", &what, &[])?;
    step(checkout, "test", &what, &["--no-run"])
}

fn step(checkout: &Checkout, command: &str, what: &[String], rest: &[&str]) -> Result<()> {
    let start = Instant::now();
    let words = [&[command.to_owned()], what]
        .concat()
        .into_iter()
        .chain(rest.iter().map(ToString::to_string))
        .collect::<Vec<_>>();
    println!("cargo {}", words.join(" "));
    let status = checkout.cargo().args(&words).status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !status.success() {
        return Err(format!("cargo {} failed", words.join(" ")).into());
    }
    println!("  took {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}
