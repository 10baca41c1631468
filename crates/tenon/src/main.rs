//! `tenon`: runs, previews and listens to connectors on the command line.
//!
//! This program translates and decides nothing: what may be done, and how, is the library's business.

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

use crate::cli::Cli;
use crate::output::Screen;
use crate::render::escape;

// A third of the time of a request goes into glibc's allocator, little into this one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
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
