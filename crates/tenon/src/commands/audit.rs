//! The command `tenon audit`.

use clap::Args;
use connector_runtime::AuditQuery;
use serde_json::json;

use super::keys::owner;
use crate::failure::CliResult;
use crate::output::Screen;

/// List who did what, the latest first: runs, refusals, approvals and changes of keys, without any content
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Maximum number of entries
    #[arg(short, long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    limit: u64,
    /// Only entries before the one with this id
    #[arg(long, value_name = "ID")]
    before: Option<u64>,
    /// Only those of this key, by its id; `owner` for the owner
    #[arg(long, value_name = "KEY")]
    principal: Option<String>,
    /// Only those of this kind, such as run or refusal
    #[arg(long)]
    kind: Option<String>,
    /// Only those of this action
    #[arg(long, value_name = "ID")]
    action: Option<String>,
    /// Only those of the connection with this id
    #[arg(long, value_name = "ID")]
    connection: Option<String>,
    /// Only changes whose end is not known
    #[arg(long)]
    open: bool,
}

/// Runs `tenon audit`.
pub(crate) async fn audit(args: AuditArgs, screen: &Screen) -> CliResult {
    let AuditArgs { limit, before, principal, kind, action, connection, open } = args;
    let filter = AuditQuery { principal, kind, action, connection, is_open: open }.filter()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    screen.value(&json!({ "items": owner()?.audit().page(filter, before, limit).await? }))
}
