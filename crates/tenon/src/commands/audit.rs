//! The command `tenon audit`.

use clap::Args;
use connector_runtime::PrincipalId;
use connector_runtime::store::{AuditFilter, AuditKind};
use connector_sdk::{Code, Error, Result, nearest};
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
    let principals = match args.principal.as_deref() {
        Some("owner") => Some(vec![PrincipalId::owner()]),
        Some(id) => Some(vec![PrincipalId::new(id)?]),
        None => None,
    };
    let filter = AuditFilter {
        principals,
        kind: args.kind.as_deref().map(kind).transpose()?,
        action: args.action,
        connection: args.connection,
        is_open: args.open,
    };
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    screen.value(&json!({ "items": owner()?.audit().page(filter, args.before, limit).await? }))
}

fn kind(name: &str) -> Result<AuditKind> {
    AuditKind::ALL.iter().copied().find(|kind| kind.name() == name).ok_or_else(|| {
        let error = Error::new(Code::InvalidInput, format!("there are no entries of the kind `{name}`"));
        let names = AuditKind::ALL.iter().map(|kind| kind.name());
        error.with_hint(match nearest(name, names.clone()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("The kinds are {}.", names.collect::<Vec<_>>().join(", ")),
        })
    })
}
