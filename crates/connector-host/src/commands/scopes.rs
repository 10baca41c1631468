//! `tenon scopes`

use clap::Args;

use crate::assemble::{self, Memory};
use crate::errors::Done;
use crate::screen::Screen;

/// Print the least permissions that actions need together, and what a connection lacks
#[derive(Debug, Args)]
pub(crate) struct ScopesArgs {
    /// The actions, triggers or picklists
    #[arg(required = true, value_name = "ACTION")]
    names: Vec<String>,
    /// A stored connection, to learn what it lacks
    #[arg(short, long, value_name = "NAME")]
    connection: Option<String>,
}

/// Does it.
pub(crate) async fn scopes(args: ScopesArgs, screen: &Screen) -> Done {
    let memory = if args.connection.is_some() { Memory::Store } else { Memory::None };
    let host = assemble::host(memory)?;
    screen.value(&host.needed(&args.names, args.connection.as_deref()).await?)
}
