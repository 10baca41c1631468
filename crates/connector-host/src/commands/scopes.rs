//! `tenon scopes`

use clap::Args;

use crate::assemble::{self, Needs};
use crate::errors::Done;
use crate::screen::Screen;

/// Print the least permissions that actions need together or requests take, and what a connection lacks
#[derive(Debug, Args)]
pub(crate) struct ScopesArgs {
    /// The actions, triggers or picklists
    #[arg(required_unless_present = "requests", value_name = "ACTION")]
    names: Vec<String>,
    /// Ask about a request instead, such as 'PATCH /groups/{id}'; needs `tenon metadata fetch` once
    #[arg(short, long = "request", value_name = "REQUEST", conflicts_with = "names")]
    requests: Vec<String>,
    /// A stored connection, to learn what it lacks
    #[arg(short, long, value_name = "NAME")]
    connection: Option<String>,
}

/// Does it.
pub(crate) async fn scopes(args: ScopesArgs, screen: &Screen) -> Done {
    let needs = if args.connection.is_some() { Needs::Store } else { Needs::Nothing };
    let host = assemble::host(needs)?;
    if !args.requests.is_empty() {
        return screen.value(&host.needed_by(&args.requests, args.connection.as_deref()).await?);
    }
    screen.value(&host.needed(&args.names, args.connection.as_deref()).await?)
}
