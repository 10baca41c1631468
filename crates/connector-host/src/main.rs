//! `tenon`: runs, previews and listens to connectors on the command line.
//!
//! This program translates and decides nothing: what may be done, and how, is the library's business.

mod assemble;
mod cli;
mod commands;
mod connectors;
mod errors;
mod home;
mod input;
mod logs;
mod progress;
mod render;
mod sandbox;
mod screen;
mod signals;
mod time;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::screen::Screen;

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
    match commands::carry_out(cli.command, &screen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => errors::report(&failure, &screen).into(),
    }
}

// Bad usage, or a question for help or the version.
fn misused(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().take_while(|argument| argument != "--").any(|argument| argument == "--json");
    if error.use_stderr() && json {
        let screen = Screen::new(&screen::ScreenArgs { json, ..Default::default() });
        screen.complain(&errors::usage(error), "");
        return errors::USAGE.into();
    }
    // When nobody reads the help, nobody is told.
    let _ = error.print();
    u8::try_from(error.exit_code()).unwrap_or(errors::USAGE).into()
}
