//! The command `tenon profiles`.

use clap::{Args, Subcommand};
use graph_auth::OauthProfile;
use serde_json::{Value, json};

use super::connect::SettingsArgs;
use crate::advice;
use crate::build_host::{self, Needs};
use crate::failure::CliResult;
use crate::output::Screen;

/// Keep app registrations under names, to be shared by connections
#[derive(Debug, Args)]
pub(crate) struct ProfilesArgs {
    #[command(subcommand)]
    what: ProfilesCommand,
}

#[derive(Debug, Subcommand)]
enum ProfilesCommand {
    /// List the app registrations, without their secrets
    List,
    /// Store an app registration under a name, or replace it; connections that use it get its new secret at once
    Put {
        /// Its name
        name: String,
        #[command(flatten)]
        settings: Box<SettingsArgs>,
    },
    /// Remove an app registration; connections keep what they took from it
    Remove {
        /// Its name
        name: String,
    },
}

/// Runs `tenon profiles`.
pub(crate) async fn profiles(args: ProfilesArgs, screen: &Screen) -> CliResult {
    let host = build_host::host(Needs::Store)?;
    match args.what {
        ProfilesCommand::List => {
            let all = host.connections().profiles().await?;
            let mut items = Vec::with_capacity(all.len());
            for (name, profile) in all {
                items.push(match profile {
                    Ok(mut profile) => {
                        if let Value::Object(profile) = &mut profile {
                            profile.shift_insert(0, "name".to_owned(), name.into());
                        }
                        profile
                    }
                    Err(error) => {
                        screen.note(&format!(
                            "app registration {name}: {error}. {}",
                            advice::in_commands(error.advice())
                        ));
                        json!({ "name": name, "state": "unreadable", "error": error })
                    }
                });
            }
            screen.value(&json!({ "items": items }))
        }
        ProfilesCommand::Put { name, settings } => {
            let settings = settings.read()?;
            let profile = OauthProfile {
                client_id: settings
                    .client_id
                    .ok_or_else(|| connector_sdk::Error::invalid("/clientId", "is missing; give --client-id"))?,
                client_secret: settings.client_secret,
                secret_expires: settings.secret_expires,
                client_auth_style: settings.client_auth_style,
                certificate: settings.certificate,
                private_key: settings.private_key,
                tenant_id: settings.tenant_id,
                redirect_uri: settings.redirect_uri,
            };
            let followers = host.connections().put_profile(&name, &profile).await?;
            for (connection, error) in &followers.failed {
                screen.note(&format!(
                    "connection {connection} keeps the former secret: {error}. {}",
                    advice::in_commands(error.advice())
                ));
            }
            let mut shown = profile.to_public_json();
            if !followers.changed.is_empty() {
                shown["changedConnections"] = followers.changed.into();
            }
            screen.value(&shown)
        }
        ProfilesCommand::Remove { name } => {
            host.connections().remove_profile(&name).await?;
            screen.value(&json!({ "removed": name }))
        }
    }
}
