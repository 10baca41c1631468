//! The command `tenon key`.

use clap::{Args, Subcommand, ValueEnum};
use connector_runtime::{Key, KeyRing, KeySource};
use connector_sdk::Error;
use serde_json::{Value, json};

use crate::build_host::{self, Needs};
use crate::data_dir;
use crate::failure::{CliResult, Failure};
use crate::output::Screen;

/// Show, change and move the key that seals what is stored
#[derive(Debug, Args)]
#[command(after_help = "\
The key is in the file `key` beside the data, unless TENON_KEY holds it or the keyring was chosen: by
`tenon key move keyring`, or with TENON_KEY_SOURCE=keyring before the first use. The choice is kept.")]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    what: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Show where the key is kept, and the ids of all keys; the first one seals
    Show,
    /// Make a new key and seal everything again with it; stored data stays readable meanwhile
    Rotate,
    /// Remove the older keys, after everything was sealed with the new one; a copy of them opens nothing any more
    Retire,
    /// Make a new key after the old one was lost for good; data sealed with the lost key cannot be opened
    Make,
    /// Move the keys to the keyring of the operating system, or back to a file
    Move {
        /// Destination of the keys
        to: KeyPlace,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KeyPlace {
    /// The file `key` beside the data, which only its owner may read
    File,
    /// The Secret Service on Linux, the Keychain on macOS, the Credential Manager on Windows
    Keyring,
}

/// Runs `tenon key`.
pub(crate) async fn key(args: KeyArgs, screen: &Screen) -> CliResult {
    match args.what {
        KeyCommand::Show => screen.value(&shown(&build_host::host(Needs::Store)?.keys().await?)),
        KeyCommand::Rotate => rotate(screen).await,
        KeyCommand::Retire => {
            let retired = build_host::host(Needs::Store)?.retire_keys().await?;
            screen.value(&json!({ "retired": retired.iter().map(ToString::to_string).collect::<Vec<_>>() }))
        }
        KeyCommand::Make => {
            let source = data_dir::key_source()?;
            source.make()?;
            screen.value(&shown(&source.open()?))
        }
        KeyCommand::Move { to } => {
            let file = data_dir::key_file()?;
            let to = match to {
                KeyPlace::File => KeySource::File(file),
                KeyPlace::Keyring => KeySource::Keyring(file),
            };
            build_host::host(Needs::Store)?.move_keys(to.clone()).await?;
            screen.value(&shown(&to.open()?))
        }
    }
}

fn shown(keys: &KeyRing) -> Value {
    let ids: Vec<String> = keys.ids().iter().map(ToString::to_string).collect();
    let place = match keys.source() {
        Some(KeySource::Environment(variable)) => variable.clone(),
        Some(KeySource::File(file) | KeySource::Keyring(file)) => file.display().to_string(),
        _ => String::new(),
    };
    json!({ "source": keys.source().map(KeySource::name), "place": place, "keys": ids })
}

async fn rotate(screen: &Screen) -> CliResult {
    let host = build_host::host(Needs::Store)?;
    let report = host.rotate_keys(Key::random()?, |_| {}).await?;
    if let Some((kind, key, error)) = report.failed.first() {
        let all = report.failed.len();
        let error = Error::new(
            error.code(),
            format!("{all} documents could not be sealed again, the first is {kind} {key}: {error}"),
        );
        return Err(Failure::Error(
            error.with_hint("They stay readable with the older key. Fix the cause and rotate again."),
        ));
    }
    screen.value(&json!({ "sealed": report.changed, "alreadyCurrent": report.current }))
}
