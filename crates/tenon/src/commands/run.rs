//! The commands `tenon run` and `tenon preview`.

use std::time::Duration;

use clap::Args;

use super::execute::{How, execute};
use crate::assemble;
use crate::cli::On;
use crate::errors::Done;
use crate::input::{InputArgs, Sources};
use crate::screen::Screen;
use crate::time;

/// Run an action
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The action, such as outlook.list_emails; `tenon actions` lists them
    action: String,
    #[command(flatten)]
    on: On,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    how: How,
}

/// Show what an action would send, and send nothing
#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// The action, such as outlook.send_email; `tenon actions` lists them
    action: String,
    #[command(flatten)]
    on: On,
    #[command(flatten)]
    input: InputArgs,
    /// How long it may take in all, such as 30s or 5m
    #[arg(short, long, value_name = "TIME", value_parser = time::span)]
    deadline: Option<Duration>,
}

/// Runs an action.
pub(crate) async fn run(args: RunArgs, screen: &Screen) -> Done {
    let host = assemble::host(assemble::needs(&args.on, args.how.key.is_some()))?;
    let action = host.action(&args.action)?;
    let input = args.input.gather(|| action.input_schema(), &mut Sources::default())?;
    let connection = assemble::connection(&host, &args.on, &args.action).await?;
    execute(&host, &args.action, connection, input, args.how, screen).await
}

/// Shows what an action would send.
pub(crate) async fn preview(args: PreviewArgs, screen: &Screen) -> Done {
    let PreviewArgs { action, on, input, deadline } = args;
    run(RunArgs { action, on, input, how: How { preview: true, deadline, ..How::default() } }, screen).await
}
