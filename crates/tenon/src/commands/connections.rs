//! The command `tenon connections`.

use clap::{Args, Subcommand};
use connector_runtime::{Host, NewConnection, TestReport};
use connector_sdk::{Code, Error, Result};
use serde_json::{Value, json};

use super::connect::{CredentialArgs, HowArgs, PurposeArgs, SettingsArgs, Shows, sign_in};
use super::transfer::{self, ExportArgs, ImportArgs};
use crate::advice;
use crate::build_host::{self, Needs};
use crate::failure::{CliResult, Failure};
use crate::output::Screen;
use crate::sandbox;

/// List, show, test, reconnect, export, import and remove connections, and change their secrets
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ConnectionsArgs {
    #[command(subcommand)]
    what: Option<ConnectionsCommand>,
}

#[derive(Debug, Subcommand)]
enum ConnectionsCommand {
    /// List the connections (the default)
    List,
    /// Show a connection, without its secrets
    Show {
        /// Its name
        name: String,
    },
    /// Make one cheap call with a connection
    Test {
        /// Its name
        name: String,
    },
    /// Sign in again, with the same settings or changed ones; the connection keeps its id
    Reconnect {
        /// Its name
        name: String,
        #[command(flatten)]
        settings: Box<SettingsArgs>,
        #[command(flatten)]
        purpose: PurposeArgs,
        #[command(flatten)]
        how: HowArgs,
    },
    /// Change the client secret or certificate of a connection, without signing in again
    SetSecret {
        /// Its name
        name: String,
        #[command(flatten)]
        credential: CredentialArgs,
    },
    /// Print the address at which an administrator consents for the whole tenant
    AdminConsent {
        /// Its name
        name: String,
        /// Redirect address to which the browser returns, as the app registration lists it
        #[arg(long, default_value = "http://localhost")]
        redirect_uri: url::Url,
    },
    /// Write connections as JSON, to be imported elsewhere; without secrets unless asked
    Export(ExportArgs),
    /// Store the connections of an export
    Import(ImportArgs),
    /// Remove a connection with its tokens, also one that cannot be read
    Remove {
        /// Its name
        name: String,
    },
}

/// Runs `tenon connections`.
pub(crate) async fn connections(args: ConnectionsArgs, screen: &Screen) -> CliResult {
    let needs = match &args.what {
        Some(
            ConnectionsCommand::Show { name } | ConnectionsCommand::Test { name } | ConnectionsCommand::Remove { name },
        ) if name == sandbox::NAME => Needs::Nothing,
        Some(ConnectionsCommand::Test { .. }) => Needs::Network,
        _ => Needs::Store,
    };
    let host = build_host::host(needs)?;
    match args.what.unwrap_or(ConnectionsCommand::List) {
        ConnectionsCommand::List => screen.value(&json!({ "items": list(&host, screen).await? })),
        ConnectionsCommand::Show { name } if name == sandbox::NAME => screen.value(&built_in()),
        ConnectionsCommand::Show { name } => show(&host, &name, screen).await,
        ConnectionsCommand::Test { name } => test(&host, &name, screen).await,
        ConnectionsCommand::Reconnect { name, settings, purpose, how } => {
            let (connector, present) = host.connections().settings(&name).await?;
            let settings = host.also_for(&connector, settings.change(&present)?, &purpose.names)?;
            let new =
                NewConnection { name, connector, settings, confirm_other: how.confirms_other(), redirect_uri: None };
            screen.value(&sign_in(&host, new, Shows::Nothing, &how, screen).await?)
        }
        ConnectionsCommand::SetSecret { name, credential } => {
            screen.value(&host.connections().set_secret(&name, &credential.read()?).await?)
        }
        ConnectionsCommand::AdminConsent { name, redirect_uri } => {
            let url = host.connections().admin_consent_url(&name, &redirect_uri).await?;
            screen.value(&json!({ "adminConsentUrl": url.as_str() }))
        }
        ConnectionsCommand::Export(args) => transfer::export(&host, args, screen).await,
        ConnectionsCommand::Import(args) => transfer::import(&host, args, screen).await,
        ConnectionsCommand::Remove { name } if name == sandbox::NAME => {
            Err(Error::new(Code::InvalidInput, "the connection `sandbox` is built in and cannot be removed")
                .with_hint("It takes no space and holds no account.")
                .into())
        }
        ConnectionsCommand::Remove { name } => {
            host.connections().remove(&name).await?;
            screen.value(&json!({ "removed": name }))
        }
    }
}

// With what its permissions allow.
async fn show(host: &Host, name: &str, screen: &Screen) -> CliResult {
    let mut card = advice::printed(&host.connections().show(name).await?)?;
    if let Some(allowed) = host.allowed(name).await? {
        card["allowedActions"] = allowed.into();
    }
    screen.value(&card)
}

async fn list(host: &Host, screen: &Screen) -> Result<Vec<Value>> {
    let mut all = vec![built_in()];
    for card in host.connections().list().await? {
        if let Err(error) = &card.card {
            screen.note(&format!("connection {}: {error}. {}", card.name, advice::in_commands(error.advice())));
        }
        all.push(advice::printed(&card)?);
    }
    Ok(all)
}

fn built_in() -> Value {
    let place = sandbox::url().unwrap_or_else(|| "in this process; it forgets when the command ends".to_owned());
    json!({
        "name": sandbox::NAME,
        "connector": "any",
        "method": "built in",
        "identity": { "username": sandbox::USER },
        "state": "ready",
        "place": place,
    })
}

// What is wrong with a connection is told as the error that it is, after the report.
async fn test(host: &Host, name: &str, screen: &Screen) -> CliResult {
    build_host::warn(host, name, screen).await;
    let report: TestReport = host.connections().test(name).await?;
    match report.error {
        None => screen.value(&report),
        Some(error) => Err(Failure::Error(error.context(format!("with {}", report.tried)))),
    }
}
