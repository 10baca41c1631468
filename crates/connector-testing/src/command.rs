//! The commands of a connector's own `cargo xtask`: `schemas`, `docs`, `validate`.
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     connector_testing::command::run(&[graph_raw::connector()])
//! }
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use connector_schemas::Options;
use connector_sdk::Connector;

use crate::Result;
use crate::checkout::Checkout;
use crate::descriptor::Description;
use crate::generated::{Difference, Generated, Mode};
use crate::{reference, schemas};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Write schemas/ from the sources: a file for each thing that the connector lists
    Schemas(Generate),
    /// Write docs/connectors/ from the sources: the reference page
    Docs(Generate),
    /// Validate the descriptors in schemas/
    Validate(Validate),
}

#[derive(Debug, clap::Args)]
struct Validate {
    /// Files, and folders with all JSON files below them; the default is schemas/
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, clap::Args)]
struct Generate {
    /// Write nothing; fail when a file is not what the sources say
    #[arg(long)]
    check: bool,
}

/// Runs the command that the arguments name, in the current folder or the one above it that has an `xtask`.
pub fn run(connectors: &[Connector]) -> ExitCode {
    match dispatch(Command::parse(), connectors) {
        Ok(code) => code,
        Err(error) => {
            print_error(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command, connectors: &[Connector]) -> Result<ExitCode> {
    let checkout = Checkout::find()?;
    match command {
        Command::Schemas(args) => generate(&checkout, &args, "schemas", schemas::generated, connectors),
        Command::Docs(args) => generate(&checkout, &args, "docs", reference::generated, connectors),
        Command::Validate(Validate { mut paths, options }) => {
            if paths.is_empty() {
                paths.push(checkout.path(schemas::FOLDER));
            }
            let report = options.check(&paths)?;
            print(options.format.unwrap_or_default().render(&report).trim_end());
            Ok(if report.fails(options.deny_warnings) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
    }
}

fn generate(
    checkout: &Checkout,
    args: &Generate,
    command: &str,
    make: impl Fn(&[Description]) -> Result<Generated>,
    connectors: &[Connector],
) -> Result<ExitCode> {
    let descriptions = connectors.iter().map(Description::of).collect::<Result<Vec<_>>>()?;
    report(checkout, args.check, &format!("cargo xtask {command}"), &make(&descriptions)?, &mut print)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes or checks generated files, and prints what differs. `mend` is the command that puts it right.
///
/// # Errors
/// When a file cannot be written, or is not what it should be.
pub fn report(
    checkout: &Checkout,
    check: bool,
    mend: &str,
    made: &Generated,
    print: &mut dyn FnMut(&str),
) -> Result<()> {
    let differences = made.sync(checkout, if check { Mode::Check } else { Mode::Write })?;
    if check {
        differences.iter().for_each(|difference| print(&difference.to_string()));
        return match differences.len() {
            0 => {
                print(&format!("{} files are as the sources say", made.files.len()));
                Ok(())
            }
            count => Err(format!("{count} generated files differ; run `{mend}` and commit what it writes").into()),
        };
    }
    for difference in &differences {
        print(&match difference {
            Difference::Missing(file) | Difference::Changed(file, _) => format!("wrote {file}"),
            Difference::Stale(file) => format!("removed {file}"),
        });
    }
    print(&format!("{} files, {} of them changed", made.files.len(), differences.len()));
    Ok(())
}

fn print(line: &str) {
    use std::io::Write;
    // A closed pipe is no reason to panic.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn print_error(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "error: {line}");
}
