//! The command `tenon approvals`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::keys::owner;
use crate::failure::CliResult;
use crate::output::Screen;

/// List, show, approve and refuse the runs that wait for a person
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ApprovalsArgs {
    #[command(subcommand)]
    what: Option<ApprovalsCommand>,
}

#[derive(Debug, Subcommand)]
enum ApprovalsCommand {
    /// List the approvals of the last minutes, the oldest first (the default)
    List,
    /// Show an approval: who asks, and for what
    Show {
        /// Its id
        id: String,
    },
    /// Approve a run, which its caller can then make once
    Approve {
        /// Its id
        id: String,
    },
    /// Refuse a run
    Refuse {
        /// Its id
        id: String,
    },
}

/// Runs `tenon approvals`.
pub(crate) async fn approvals(args: ApprovalsArgs, screen: &Screen) -> CliResult {
    let host = owner()?;
    let approvals = host.approvals();
    match args.what.unwrap_or(ApprovalsCommand::List) {
        ApprovalsCommand::List => screen.value(&json!({ "items": approvals.list().await? })),
        ApprovalsCommand::Show { id } => screen.value(&approvals.show(&id).await?),
        ApprovalsCommand::Approve { id } => screen.value(&approvals.answer(&id, true).await?),
        ApprovalsCommand::Refuse { id } => screen.value(&approvals.answer(&id, false).await?),
    }
}
