//! The command `tenon validate`.

use std::path::PathBuf;

use clap::Args;
use connector_schemas::{Format, Options};
use connector_sdk::{Code, Error, Json};

use crate::failure::CliResult;
use crate::output::Screen;
use crate::render::escape;

/// Validate the descriptors of a connector, in whatever language it is written
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 when there is no error, 10 when there is one or nothing can be checked.
With --against, what breaks those who use the connector is an error.")]
pub(crate) struct ValidateArgs {
    /// Files, and folders with all JSON files below them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    options: Options,
}

/// Prints the findings on standard output: all of them, in the order of the files.
pub(crate) fn validate(args: ValidateArgs, screen: &Screen) -> CliResult {
    let ValidateArgs { paths, options } = args;
    let usual = if screen.is_readable() { Format::Text } else { Format::Json };
    let report =
        options.check(&paths).map_err(|error| refused(error.to_string(), "Name a file or a folder that exists."))?;
    let format = options.format.unwrap_or(usual);
    let text = format.render(&report);
    match format {
        Format::Text => screen.text(&escape::block(&text))?,
        _ => screen.json_line(&Json::trusted(text.trim_end().to_owned()))?,
    }
    if report.fails(options.deny_warnings) {
        let hint = "Correct what is listed on standard output; docs/schemas.md explains the rules.";
        return Err(refused(report.summary(), hint).into());
    }
    Ok(())
}

fn refused(message: String, hint: &str) -> Error {
    Error::new(Code::InvalidInput, message).with_hint(hint)
}
