//! The commands of a connector's own `cargo xtask`: `new`, `schemas`, `docs`, `validate`.
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     connector_testing::command::run(&[graph_raw::connector()])
//! }
//! ```

mod new;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use connector_schemas::Options;
use connector_sdk::Connector;
use connector_sdk::graph_type::{GRAPH_TYPE, complete};
use serde_json::json;

use crate::Result;
use crate::checkout::Checkout;
use crate::descriptor::Description;
use crate::generated::{Difference, Generated, Mode};
use crate::hidden::{Exception, hidden};
use crate::scaffold::ConnectorCrate;
use crate::{reference, schemas};

pub use new::{New, NewAction, NewPicklist, NewTrigger};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Start an action, a trigger or a picklist; what is written works as it is
    #[command(subcommand)]
    New(New),
    /// Write schemas/ from the sources: a file for each thing that the connector lists
    Schemas(Generate),
    /// Write docs/connectors/ from the sources: the reference page
    Docs(Generate),
    /// Validate the descriptors in schemas/, and look for rules of plans that no schema states
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
    run_with(connectors, &[])
}

/// Runs the command that the arguments name, as [`run`] does. `validate` passes over the rules of plans that are
/// `exceptions`: those that no schema can state.
///
/// ```no_run
/// use connector_testing::hidden::Exception;
///
/// const EXCEPTIONS: &[Exception] =
///     &[Exception::new("graph_raw.batch_request", "is the request itself", "it depends on the ids of the others")];
///
/// fn main() -> std::process::ExitCode {
///     connector_testing::command::run_with(&[graph_raw::connector()], EXCEPTIONS)
/// }
/// ```
pub fn run_with(connectors: &[Connector], exceptions: &[Exception]) -> ExitCode {
    match dispatch(Command::parse(), connectors, exceptions) {
        Ok(code) => code,
        Err(error) => {
            print_error(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command, connectors: &[Connector], exceptions: &[Exception]) -> Result<ExitCode> {
    let checkout = Checkout::find()?;
    match command {
        Command::New(new) => start(&checkout, &new),
        Command::Schemas(args) => generate(&checkout, &args, "schemas", schemas::generated, connectors),
        Command::Docs(args) => generate(&checkout, &args, "docs", reference::generated, connectors),
        Command::Validate(Validate { mut paths, options }) => {
            let hidden = if paths.is_empty() {
                paths.push(checkout.path(schemas::FOLDER));
                hidden(connectors, exceptions)
            } else {
                Vec::new()
            };
            let report = options.check(&paths)?;
            print(options.format.unwrap_or_default().render(&report).trim_end());
            hidden.iter().for_each(|rule| print_error(&rule.to_string()));
            let fails = report.fails(options.deny_warnings) || !hidden.is_empty();
            Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
    }
}

fn start(checkout: &Checkout, new: &New) -> Result<ExitCode> {
    let of = ConnectorCrate::standalone(checkout)?;
    let draft = new.write(checkout, &of)?;
    draft.created.keys().for_each(|file| print(&format!("wrote {file}")));
    draft.changed.keys().for_each(|file| print(&format!("added a line to {file}")));
    // This process was built before what it has just written, so a new one describes it.
    for command in ["schemas", "docs"] {
        checkout
            .run_cargo(&["xtask", command])
            .map_err(|error| format!("the files are written, but {error}: mend them and run it again"))?;
    }
    print(&format!("\n{}", new.next()));
    draft.remarks.iter().for_each(|remark| print(remark));
    if let Some(ty) = draft.graph_type.filter(|ty| !is_described(ty)) {
        print(&format!("The SDK does not describe `{ty}`: add the properties that callers need to its struct."));
    }
    print("Test it: cargo test");
    Ok(ExitCode::SUCCESS)
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

// Whether the SDK completes the schema of an output that names the type.
fn is_described(ty: &str) -> bool {
    let schema = json!({ "type": "object", GRAPH_TYPE: ty, "properties": {} });
    complete(schema)["properties"].as_object().is_some_and(|properties| !properties.is_empty())
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
