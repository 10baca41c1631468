//! Flags for the sign-in of a connection.

use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use connector_sdk::{Error, Result, Secret};
use graph_auth::{AppCredential, Settings};
use serde_json::{Map, Value};

use super::unreadable;
use crate::input::read_whole;

/// What the app proves itself with. Secrets come from the environment or from files: what stands on a command line is
/// seen by every program of the machine.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Sign-in")]
pub(crate) struct CredentialArgs {
    /// The variable that holds the client secret
    #[arg(long, value_name = "VARIABLE")]
    client_secret_env: Option<String>,
    /// The file that holds the client secret; - reads the standard input
    #[arg(long, value_name = "FILE", conflicts_with = "client_secret_env")]
    client_secret_file: Option<PathBuf>,
    /// The day on which the secret or certificate expires, such as 2027-06-30
    #[arg(long, value_name = "DATE")]
    secret_expires: Option<String>,
    /// The app's certificate, a PEM file
    #[arg(long, value_name = "FILE")]
    certificate_file: Option<PathBuf>,
    /// The certificate's SHA-256 thumbprint, where the certificate itself is not at hand
    #[arg(long, value_name = "HEX")]
    certificate_thumbprint: Option<String>,
    /// The certificate's private key, a PEM file
    #[arg(long, value_name = "FILE")]
    private_key_file: Option<PathBuf>,
}

/// How it signs in. Secrets come from the environment or from files: what stands on a command line is
/// seen by every program of the machine.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Sign-in")]
pub(crate) struct SettingsArgs {
    /// Sign-in method: authorization_code, device_code, client_credentials, client_certificate, workload_identity,
    /// managed_identity or access_token [default: authorization_code]
    #[arg(short, long)]
    method: Option<String>,
    /// The tenant: its id, a verified domain, or common, organizations or consumers
    #[arg(short, long)]
    tenant: Option<String>,
    /// Whose accounts may sign in: common, tenant, organizations or consumers
    #[arg(long)]
    account_type: Option<String>,
    /// The application (client) id of the app registration
    #[arg(long)]
    client_id: Option<String>,
    #[command(flatten)]
    credential: CredentialArgs,
    /// Where the client secret is sent: body or basic
    #[arg(long, value_name = "STYLE")]
    client_auth_style: Option<String>,
    /// The file with another issuer's token, for workload_identity
    #[arg(long, value_name = "FILE")]
    federated_token_file: Option<String>,
    /// The variable that holds an access token, for access_token
    #[arg(long, value_name = "VARIABLE")]
    access_token_env: Option<String>,
    /// A permission to ask for, instead of the connector's default ones; repeat it for more
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// The default user of an app's connection
    #[arg(long)]
    user_id: Option<String>,
    /// The cloud: global, gcc_high, dod or china
    #[arg(long)]
    cloud: Option<String>,
    /// An app registration that is kept under a name; see `tenon profiles`
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Redirect address to which the browser returns, as the app registration lists it
    #[arg(long, value_name = "URL")]
    redirect_uri: Option<String>,
    /// A parameter for the sign-in page, such as prompt=select_account; repeat it for more
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// The version of the API that requests use where they name none, for graph and graph_raw: v1.0 or beta
    #[arg(long, value_name = "VERSION")]
    api_version: Option<String>,
    /// Another origin for Graph; plain http for loopback addresses only
    #[arg(long, value_name = "URL")]
    graph_url: Option<String>,
    /// Another origin for the sign-in service
    #[arg(long, value_name = "URL")]
    authority_url: Option<String>,
    /// Another authorisation endpoint
    #[arg(long, value_name = "URL")]
    authorize_url: Option<String>,
    /// Another token endpoint
    #[arg(long, value_name = "URL")]
    token_url: Option<String>,
    /// The issuer of an OpenID provider that is not Microsoft Entra
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
}

impl CredentialArgs {
    /// Reads the credential.
    ///
    /// # Errors
    /// `invalid_input` for what cannot be read; the rest is checked by the library.
    pub(crate) fn read(&self) -> Result<AppCredential> {
        let mut credential = Map::new();
        self.over(&mut credential)?;
        serde_json::from_value(credential.into()).map_err(|error| Error::invalid("", error.to_string()))
    }

    fn over(&self, settings: &mut Map<String, Value>) -> Result<()> {
        for (name, text) in
            [("secretExpires", &self.secret_expires), ("certificateThumbprint", &self.certificate_thumbprint)]
        {
            if let Some(text) = text {
                settings.insert(name.to_owned(), text.as_str().into());
            }
        }
        let secrets = [
            (
                "clientSecret",
                from_variable(self.client_secret_env.as_deref())?.or(from_file(self.client_secret_file.as_ref())?),
            ),
            ("certificate", from_file(self.certificate_file.as_ref())?),
            ("privateKey", from_file(self.private_key_file.as_ref())?),
        ];
        for (name, secret) in secrets {
            if let Some(secret) = secret {
                settings.insert(name.to_owned(), secret.expose().into());
            }
        }
        Ok(())
    }
}

impl SettingsArgs {
    /// Reads new settings.
    ///
    /// # Errors
    /// `invalid_input` for what cannot be read; the rest is checked by the library.
    pub(crate) fn read(&self) -> Result<Settings> {
        self.over(Map::from_iter([("method".to_owned(), "authorization_code".into())]))
    }

    /// Changes present settings by the flags.
    ///
    /// # Errors
    /// As [`SettingsArgs::read`].
    pub(crate) fn change(&self, present: &Settings) -> Result<Settings> {
        let text = present.to_sealed_json();
        let present: Map<String, Value> =
            serde_json::from_str(text.expose()).map_err(|_| Error::bug("settings that cannot be read"))?;
        self.over(present)
    }

    // The settings' own reader decides what is valid, so that this door has no rules of its own.
    fn over(&self, mut settings: Map<String, Value>) -> Result<Settings> {
        let texts = [
            ("method", &self.method),
            ("tenantId", &self.tenant),
            ("accountType", &self.account_type),
            ("clientId", &self.client_id),
            ("clientAuthStyle", &self.client_auth_style),
            ("federatedTokenFile", &self.federated_token_file),
            ("userId", &self.user_id),
            ("cloud", &self.cloud),
            ("oauthProfile", &self.profile),
            ("redirectUri", &self.redirect_uri),
            ("graphUrl", &self.graph_url),
            ("authorityUrl", &self.authority_url),
            ("authorizeUrl", &self.authorize_url),
            ("tokenUrl", &self.token_url),
            ("issuer", &self.issuer),
            ("apiVersion", &self.api_version),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                settings.insert(name.to_owned(), text.as_str().into());
            }
        }
        self.credential.over(&mut settings)?;
        if let Some(token) = from_variable(self.access_token_env.as_deref())? {
            settings.insert("accessToken".to_owned(), token.expose().into());
        }
        if !self.scopes.is_empty() {
            settings.insert("scopes".to_owned(), self.scopes.clone().into());
        }
        if !self.parameters.is_empty() {
            settings.insert("extraParameters".to_owned(), parameters(&self.parameters)?.into());
        }
        // The reader's message names a field and what it may be, not a value of a secret: those are texts
        // that are always valid.
        serde_json::from_value(settings.into()).map_err(|error| Error::invalid("", error.to_string()))
    }
}

fn parameters(pairs: &[String]) -> Result<Map<String, Value>> {
    let read = |pair: &String| {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| Error::invalid("/extraParameters", format!("`{pair}` is not NAME=VALUE")))?;
        Ok((name.to_owned(), value.into()))
    };
    pairs.iter().map(read).collect()
}

/// Reads a secret from an environment variable.
pub(crate) fn from_variable(name: Option<&str>) -> Result<Option<Secret>> {
    let Some(name) = name else { return Ok(None) };
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(Some(Secret::new(value))),
        _ => Err(unreadable(&format!("the variable {name}"), "it is not set")),
    }
}

/// Reads a secret from a file, without white space around it; `-` is the standard input.
pub(crate) fn from_file(path: Option<&PathBuf>) -> Result<Option<Secret>> {
    let Some(path) = path else { return Ok(None) };
    let (name, bytes) = match path.as_os_str() == "-" {
        true => ("the standard input".to_owned(), read_whole(std::io::stdin())),
        false => (format!("the file {}", path.display()), File::open(path).and_then(read_whole)),
    };
    let bytes = bytes.map_err(|error| unreadable(&name, error))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable(&name, "it is not UTF-8 text"))?;
    // Editors end a file with a line break; a secret has none.
    Ok(Some(Secret::new(text.trim())))
}
