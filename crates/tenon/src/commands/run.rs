//! The commands `tenon run` and `tenon preview`.

use std::time::Duration;

use clap::Args;

use super::execute::{ExecuteArgs, execute};
use crate::build_host;
use crate::connection_arg::ConnectionArg;
use crate::failure::CliResult;
use crate::input::{InputArgs, Sources};
use crate::output::Screen;
use crate::time;

/// Run an action
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The action, such as outlook.list_emails; `tenon actions` lists them
    action: String,
    #[command(flatten)]
    on: ConnectionArg,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    how: ExecuteArgs,
}

/// Show what an action would send, and send nothing
#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// The action, such as outlook.send_email; `tenon actions` lists them
    action: String,
    #[command(flatten)]
    on: ConnectionArg,
    #[command(flatten)]
    input: InputArgs,
    /// Maximum time for the whole run, such as 30s or 5m
    #[arg(short, long, value_name = "TIME", value_parser = time::span)]
    deadline: Option<Duration>,
}

/// Runs an action.
pub(crate) async fn run(args: RunArgs, screen: &Screen) -> CliResult {
    let host = build_host::host(build_host::needs(&args.on, args.how.key.is_some()))?;
    let action = host.action(&args.action)?;
    let input = args.input.gather(|| action.input_schema(), &mut Sources::default())?;
    let connection = build_host::connection(&host, &args.on, &args.action).await?;
    execute(&host, &args.action, connection, input, args.how, screen).await
}

/// Shows what an action would send.
pub(crate) async fn preview(args: PreviewArgs, screen: &Screen) -> CliResult {
    let PreviewArgs { action, on, input, deadline } = args;
    run(RunArgs { action, on, input, how: ExecuteArgs { preview: true, deadline, ..ExecuteArgs::default() } }, screen)
        .await
}
