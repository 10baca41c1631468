//! The command `tenon key`.

use clap::{Args, Subcommand, ValueEnum};
use connector_runtime::{Key, KeyRing, KeySource};
use connector_sdk::Error;
use serde_json::{Value, json};

use crate::assemble::{self, Needs};
use crate::errors::{Done, Failure};
use crate::home;
use crate::screen::Screen;

/// Show, change and move the key that seals what is stored
#[derive(Debug, Args)]
#[command(after_help = "\
The key is in the file `key` beside the data, unless TENON_KEY holds it or the keyring was chosen: by
`tenon key move keyring`, or with TENON_KEY_SOURCE=keyring before the first use. The choice is kept.")]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show where the key is kept, and the ids of all keys; the first one seals
    Show,
    /// Make a new key and seal everything anew with it; what is stored stays readable all the while
    Rotate,
    /// Let go of the older keys, after everything was sealed with the new one; a copy of them opens nothing any more
    Retire,
    /// Make a key where it is lost for good; what the lost one has sealed stays closed
    Make,
    /// Move the keys to the keyring of the operating system, or back to a file
    Move {
        /// Where to
        to: Place,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Place {
    /// The file `key` beside the data, which only its owner may read
    File,
    /// The Secret Service on Linux, the Keychain on macOS, the Credential Manager on Windows
    Keyring,
}

/// Runs `tenon key`.
pub(crate) async fn key(args: KeyArgs, screen: &Screen) -> Done {
    match args.what {
        What::Show => screen.value(&shown(&assemble::host(Needs::Store)?.keys().await?)),
        What::Rotate => rotate(screen).await,
        What::Retire => {
            let retired = assemble::host(Needs::Store)?.retire_keys().await?;
            screen.value(&json!({ "retired": retired.iter().map(ToString::to_string).collect::<Vec<_>>() }))
        }
        What::Make => {
            let source = home::key_source()?;
            source.make()?;
            screen.value(&shown(&source.open()?))
        }
        What::Move { to } => {
            let file = home::key_file()?;
            let to = match to {
                Place::File => KeySource::File(file),
                Place::Keyring => KeySource::Keyring(file),
            };
            assemble::host(Needs::Store)?.move_keys(to.clone()).await?;
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

async fn rotate(screen: &Screen) -> Done {
    let host = assemble::host(Needs::Store)?;
    let report = host.rotate_keys(Key::random()?, |_| {}).await?;
    if let Some((kind, key, error)) = report.failed.first() {
        let all = report.failed.len();
        let error = Error::new(
            error.code(),
            format!("{all} documents could not be sealed anew, the first is {kind} {key}: {error}"),
        );
        return Err(Failure::Error(
            error.with_hint("They stay readable with the older key. Mend the cause and rotate again."),
        ));
    }
    screen.value(&json!({ "sealed": report.changed, "alreadyCurrent": report.current }))
}
