//! The command line over `connector-runtime`: runs, previews and listens to connectors.
//!
//! [`run`] is the program `tenon`. A program of your own calls it with connectors of your own:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     tenon::run(&[])
//! }
//! ```
//!
//! This crate translates and decides nothing: what may be done, and how, is the library's business.

mod address_rules;
mod advice;
mod build_host;
mod cli;
mod commands;
mod connection_arg;
mod connectors;
mod data_dir;
mod errors;
mod failure;
mod input;
mod logs;
mod output;
mod progress;
mod render;
mod sandbox;
mod signals;
mod time;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use connector_sdk::Connector;

use crate::cli::Cli;
use crate::output::Screen;
use crate::render::escape;

/// Runs the command line, as the arguments of the process say, with the project's connectors and with `own`.
///
/// Call it first thing in `main`, and once. The commands, their output and their exit codes are those of `tenon`; data
/// is kept in the same place.
///
/// Commands that need connectors fail with `bug` if two have the same name.
///
/// ```no_run
/// # mod planner_connector {
/// #     pub fn connector() -> connector_sdk::Connector {
/// #         graph_raw::connector()
/// #     }
/// # }
/// fn main() -> std::process::ExitCode {
///     tenon::run(&[planner_connector::connector])
/// }
/// ```
pub fn run(own: &'static [fn() -> Connector]) -> ExitCode {
    connectors::add(own);
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    let screen = Screen::new(&cli.screen);
    logs::show(&screen);
    match commands::dispatch(cli.command, &screen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => errors::report(&failure, &screen).into(),
    }
}

// What is wrong with the arguments, where they have letters that act on a terminal: clap quotes them as they are.
fn harmless(error: &clap::Error) -> Option<String> {
    let arguments: Vec<String> = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    if !error.use_stderr() || arguments.iter().all(|argument| escape::is_harmless(argument)) {
        return None;
    }
    // The same mistake with the same arguments, written harmlessly.
    let shown = arguments.iter().map(|argument| escape::line(argument).into_owned());
    let again = Cli::try_parse_from(shown).err().map(|error| error.render().to_string());
    Some(again.unwrap_or_else(|| escape::continued(&error.render().to_string())))
}

// Bad usage, or a question for help or the version.
fn misused(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().take_while(|argument| argument != "--").any(|argument| argument == "--json");
    if error.use_stderr() && json {
        let screen = Screen::new(&output::ScreenArgs { json, ..Default::default() });
        screen.print_error(&errors::usage(error), "");
        return errors::USAGE.into();
    }
    // When nobody reads the help, nobody is told.
    let _ = harmless(error).map_or_else(|| error.print(), |text| writeln!(std::io::stderr(), "{}", text.trim_end()));
    u8::try_from(error.exit_code()).unwrap_or(errors::USAGE).into()
}
