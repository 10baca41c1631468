//! `tenon connections export` and `import`.

use std::path::PathBuf;

use clap::Args;
use connector_runtime::{Host, Secrets, write_private_file};
use connector_sdk::{Code, Error, Result, Secret};
use serde_json::json;

use super::connect::{from_file, from_variable};
use crate::advice;
use crate::failure::CliResult;
use crate::input::Sources;
use crate::output::Screen;

/// What is exported, and what of its secrets.
#[derive(Debug, Args)]
#[command(after_help = "\
Secrets are left out unless --with-secrets asks for them. Then say how they are kept: sealed under a
passphrase of 12 characters or more, or in plain text in a file that only its owner may read.")]
pub(crate) struct ExportArgs {
    /// The connections; without any, all that are stored
    names: Vec<String>,
    /// The file to write, which must not exist yet; without it, standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Export client secrets, private keys and tokens too
    #[arg(long)]
    with_secrets: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Write the secrets in plain text; needs --with-secrets and --output
    #[arg(long, requires = "with_secrets", requires = "output", conflicts_with_all = ["passphrase_env", "passphrase_file"])]
    plain_text: bool,
}

/// What is imported.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The export; `-` reads standard input
    file: String,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Replace connections of the same names, without keeping anything of them
    #[arg(long)]
    replace: bool,
}

/// A passphrase, which is never an argument itself.
#[derive(Debug, Args)]
struct PassphraseArgs {
    /// The variable that holds the passphrase
    #[arg(long, value_name = "VARIABLE")]
    passphrase_env: Option<String>,
    /// The file that holds the passphrase
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_env")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseArgs {
    fn read(&self) -> Result<Option<Secret>> {
        Ok(from_variable(self.passphrase_env.as_deref())?.or(from_file(self.passphrase_file.as_ref())?))
    }
}

/// Exports connections.
pub(crate) async fn export(host: &Host, args: ExportArgs, screen: &Screen) -> CliResult {
    let passphrase = args.passphrase.read()?;
    let secrets = match (args.with_secrets, &passphrase, args.plain_text) {
        (false, None, _) => Secrets::LeftOut,
        (true, Some(passphrase), _) => Secrets::Sealed(passphrase),
        (true, None, true) => Secrets::PlainText,
        (true, None, false) => {
            return Err(Error::new(Code::InvalidInput, "the protection of the secrets is not chosen")
                .with_hint("Give a passphrase with --passphrase-env or --passphrase-file, or choose --plain-text.")
                .into());
        }
        (false, Some(_), _) => {
            return Err(Error::new(Code::InvalidInput, "a passphrase needs an export with secrets")
                .with_hint("Add --with-secrets.")
                .into());
        }
    };
    let text = host.connections().export(&args.names, secrets).await?;
    let Some(file) = &args.output else { return screen.plain(format!("{}\n", text.expose()).as_bytes()) };
    write_private_file(file, format!("{}\n", text.expose()).as_bytes())?;
    if let Secrets::PlainText = secrets {
        screen.note("The file holds secrets in plain text: whoever reads it can sign in. Delete it when it is no longer needed.");
    }
    screen.value(&json!({ "file": file.display().to_string(), "secrets": secrets.name() }))
}

/// Imports connections.
pub(crate) async fn import(host: &Host, args: ImportArgs, screen: &Screen) -> CliResult {
    let passphrase = args.passphrase.read()?;
    let text = Sources::default().text(&args.file).map_err(|why| Error::new(Code::InvalidInput, why))?;
    let cards = host.connections().import(&Secret::new(text), passphrase.as_ref(), args.replace).await?;
    screen.value(&json!({ "items": advice::printed(&cards)? }))
}
