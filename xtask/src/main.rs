//! `cargo xtask`: the project's tools.
//!
//! It works from any folder of the checkout, and exits with 1 when something is not as it should be.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what a command does")]

mod commands;

use std::process::ExitCode;

use clap::Parser;

/// The project's tools.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
