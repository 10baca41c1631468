//! The command `tenon keys`.

pub(crate) mod grant;

use clap::{Args, Subcommand};
use connector_runtime::{AuthorizedHost, Interface, Principal};
use serde_json::{Value, json};

use self::grant::GrantArgs;
use crate::build_host::{self, Needs};
use crate::failure::CliResult;
use crate::output::Screen;

/// Make, list, show, change and revoke the API keys of the service
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    what: Option<KeysCommand>,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// List the keys (the default)
    List,
    /// Show a key and what it may do
    Show {
        /// Its id
        id: String,
    },
    /// Make a key, and print it once
    ///
    /// Without options it reaches nothing. A key for one connection that may read everything:
    /// `tenon keys add nightly --connection work --action '*'`.
    Add {
        /// Name for people, such as `nightly report`
        name: String,
        #[command(flatten)]
        grant: Box<GrantArgs>,
    },
    /// Replace what a key may do, from its next call on
    Change {
        /// Its id
        id: String,
        #[command(flatten)]
        grant: Box<GrantArgs>,
    },
    /// Revoke a key, and those that were made with it
    Revoke {
        /// Its id
        id: String,
    },
}

/// Returns the host as its owner sees it: whoever can open the store and its keys.
///
/// # Errors
/// The store's.
pub(super) fn owner() -> Result<AuthorizedHost, connector_sdk::Error> {
    Ok(build_host::host(Needs::Store)?.authorize(Principal::owner(), Interface::CommandLine))
}

/// Runs `tenon keys`.
pub(crate) async fn keys(args: KeysArgs, screen: &Screen) -> CliResult {
    let host = owner()?;
    let keys = host.api_keys();
    match args.what.unwrap_or(KeysCommand::List) {
        KeysCommand::List => {
            let mut items = Vec::new();
            for (id, info) in keys.list().await? {
                items.push(match info {
                    Ok(info) => json!({
                        "id": info.id, "name": info.name, "created": info.created, "expires": info.grant.expires,
                        "parent": info.parent,
                    }),
                    Err(error) => {
                        screen.note(&format!("key {id}: {error}. {}", error.advice()));
                        json!({ "id": id, "state": "unreadable", "error": error })
                    }
                });
            }
            screen.value(&json!({ "items": items }))
        }
        KeysCommand::Show { id } => {
            let info = keys.show(&id).await?;
            screen.value(&with_words(&info, info.grant.describe()))
        }
        KeysCommand::Add { name, grant } => {
            let new = keys.add(&name, grant.read()?).await?;
            let mut made = with_words(&new.principal, new.principal.grant.describe());
            made["key"] = new.key.expose().into();
            screen.note("the key is shown this once; keep it where secrets are kept");
            screen.value(&made)
        }
        KeysCommand::Change { id, grant } => {
            let info = keys.change(&id, grant.read()?).await?;
            screen.value(&with_words(&info, info.grant.describe()))
        }
        KeysCommand::Revoke { id } => screen.value(&json!({ "revoked": keys.revoke(&id).await? })),
    }
}

fn with_words(info: &impl serde::Serialize, may: Vec<String>) -> Value {
    let mut shown = serde_json::to_value(info).unwrap_or_default();
    shown["may"] = may.into();
    shown
}
