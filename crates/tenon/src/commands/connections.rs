//! The command `tenon connections`.

use clap::{Args, Subcommand};
use connector_runtime::{Host, NewConnection, TestReport};
use connector_sdk::{Code, Error, Result};
use serde_json::{Value, json};

use super::connect::{CredentialArgs, HowArgs, PurposeArgs, SettingsArgs, Shows, sign_in};
use super::transfer::{self, ExportArgs, ImportArgs};
use crate::assemble::{self, Needs};
use crate::errors::{Done, Failure};
use crate::sandbox;
use crate::screen::Screen;

/// List, show, test, reconnect, export, import and remove connections, and change their secrets
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ConnectionsArgs {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
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
    /// Sign in anew, with the same settings or changed ones; the connection keeps its id
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
    /// Give a connection another client secret or certificate, without signing in again
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
        /// Where the browser returns, as the app registration lists it
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
pub(crate) async fn connections(args: ConnectionsArgs, screen: &Screen) -> Done {
    let needs = match &args.what {
        Some(What::Show { name } | What::Test { name } | What::Remove { name }) if name == sandbox::NAME => {
            Needs::Nothing
        }
        Some(What::Test { .. }) => Needs::Network,
        _ => Needs::Store,
    };
    let host = assemble::host(needs)?;
    match args.what.unwrap_or(What::List) {
        What::List => screen.value(&json!({ "items": list(&host, screen).await? })),
        What::Show { name } if name == sandbox::NAME => screen.value(&built_in()),
        What::Show { name } => show(&host, &name, screen).await,
        What::Test { name } => test(&host, &name, screen).await,
        What::Reconnect { name, settings, purpose, how } => {
            let (connector, present) = host.connections().settings(&name).await?;
            let settings = host.also_for(&connector, settings.change(&present)?, &purpose.names)?;
            let new =
                NewConnection { name, connector, settings, confirm_other: how.confirms_other(), redirect_uri: None };
            screen.value(&sign_in(&host, new, Shows::Nothing, &how, screen).await?)
        }
        What::SetSecret { name, credential } => {
            screen.value(&host.connections().set_secret(&name, &credential.read()?).await?)
        }
        What::AdminConsent { name, redirect_uri } => {
            let url = host.connections().admin_consent_url(&name, &redirect_uri).await?;
            screen.value(&json!({ "adminConsentUrl": url.as_str() }))
        }
        What::Export(args) => transfer::export(&host, args, screen).await,
        What::Import(args) => transfer::import(&host, args, screen).await,
        What::Remove { name } if name == sandbox::NAME => {
            Err(Error::new(Code::InvalidInput, "the connection `sandbox` is built in and cannot be removed")
                .with_hint("It takes no space and holds no account.")
                .into())
        }
        What::Remove { name } => {
            host.connections().remove(&name).await?;
            screen.value(&json!({ "removed": name }))
        }
    }
}

// With what its permissions allow.
async fn show(host: &Host, name: &str, screen: &Screen) -> Done {
    let mut card = serde_json::to_value(host.connections().show(name).await?)
        .map_err(|error| Error::bug("a connection could not be printed").caused_by(error))?;
    if let Some(allowed) = host.allowed(name).await? {
        card["allowedActions"] = allowed.into();
    }
    screen.value(&card)
}

async fn list(host: &Host, screen: &Screen) -> Result<Vec<Value>> {
    let mut all = vec![built_in()];
    for card in host.connections().list().await? {
        if let Err(error) = &card.card {
            screen.note(&format!("connection {}: {error}. {}", card.name, error.advice()));
        }
        all.push(
            serde_json::to_value(card)
                .map_err(|error| Error::bug("a connection could not be printed").caused_by(error))?,
        );
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
async fn test(host: &Host, name: &str, screen: &Screen) -> Done {
    assemble::warn(host, name, screen).await;
    let report: TestReport = host.connections().test(name).await?;
    match report.error {
        None => screen.value(&report),
        Some(error) => Err(Failure::Error(error.context(format!("with {}", report.tried)))),
    }
}
