//! The commands: one to a file.

pub(crate) mod actions;
pub(crate) mod apply;
pub(crate) mod approvals;
pub(crate) mod audit;
pub(crate) mod choices;
pub(crate) mod completions;
pub(crate) mod connect;
pub(crate) mod connections;
pub(crate) mod deliveries;
pub(crate) mod describe;
pub(crate) mod destinations;
pub(crate) mod exit_codes;
pub(crate) mod key;
pub(crate) mod keys;
pub(crate) mod listen;
pub(crate) mod mcp;
pub(crate) mod metadata;
pub(crate) mod profiles;
pub(crate) mod raw;
pub(crate) mod run;
pub(crate) mod sandbox;
pub(crate) mod scopes;
pub(crate) mod serve;
pub(crate) mod transfer;
pub(crate) mod validate;
pub(crate) mod watch;

mod execute;
mod until_stopped;

use std::time::Duration;

use clap::CommandFactory;
use connector_sdk::Error;
use tokio::runtime::Builder;

use self::until_stopped::until_stopped;
use crate::build_host;
use crate::cli::{Cli, Command};
use crate::failure::CliResult;
use crate::output::Screen;

/// Time that running work may take to end, once the command is over.
const ENDING: Duration = Duration::from_secs(5);

/// Runs a command.
pub(crate) fn dispatch(command: Command, screen: &Screen) -> CliResult {
    match command {
        Command::Run(args) => alone(run::run(args, screen), screen),
        Command::Preview(args) => alone(run::preview(args, screen), screen),
        Command::Raw(args) => alone(raw::raw(args, screen), screen),
        Command::Choices(args) => alone(until_stopped(choices::choices(args, screen)), screen),
        Command::Listen(args) => alone(listen::listen(args, screen), screen),
        Command::Connections(args) => alone(until_stopped(connections::connections(args, screen)), screen),
        Command::Connect(args) => alone(until_stopped(connect::connect(*args, screen)), screen),
        Command::Profiles(args) => alone(until_stopped(profiles::profiles(args, screen)), screen),
        Command::Scopes(args) => alone(until_stopped(scopes::scopes(args, screen)), screen),
        Command::Metadata(args) => alone(until_stopped(metadata::metadata(args, screen)), screen),
        Command::Key(args) => alone(until_stopped(key::key(args, screen)), screen),
        Command::Serve(args) => on(Builder::new_multi_thread(), serve::serve(args, screen), screen),
        Command::Mcp(args) => alone(mcp::mcp(args), screen),
        Command::Keys(args) => alone(until_stopped(keys::keys(args, screen)), screen),
        Command::Approvals(args) => alone(until_stopped(approvals::approvals(args, screen)), screen),
        Command::Destinations(args) => alone(until_stopped(destinations::destinations(args, screen)), screen),
        Command::Deliveries(args) => alone(until_stopped(deliveries::deliveries(args, screen)), screen),
        Command::Apply(args) => alone(until_stopped(apply::apply(args, screen)), screen),
        Command::Watch(args) => alone(watch::watch(*args, screen), screen),
        Command::Audit(args) => alone(until_stopped(audit::audit(args, screen)), screen),
        Command::Sandbox(args) => on(Builder::new_multi_thread(), sandbox::sandbox(args, screen), screen),
        Command::Actions(args) => actions::actions(&args, screen),
        Command::Describe(args) => alone(until_stopped(describe::describe(args, screen)), screen),
        Command::Validate(args) => validate::validate(args, screen),
        Command::Completions(args) => completions::completions(&args, Cli::command(), screen),
        Command::ExitCodes => exit_codes::exit_codes(screen),
    }
}

// One run mostly waits, and a thread of its own for each core costs more than it brings.
fn alone(command: impl Future<Output = CliResult>, screen: &Screen) -> CliResult {
    on(Builder::new_current_thread(), command, screen)
}

fn on(mut builder: Builder, command: impl Future<Output = CliResult>, screen: &Screen) -> CliResult {
    let runtime = builder
        .enable_all()
        .build()
        .map_err(|error| Error::bug(format!("the runtime could not be started: {error}")))?;
    let done = runtime.block_on(async {
        let done = command.await;
        // Whether it succeeded, failed or was stopped.
        build_host::shutdown(screen).await;
        done
    });
    runtime.shutdown_timeout(ENDING);
    done
}
