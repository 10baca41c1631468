//! `tenon key`

use clap::{Args, Subcommand};
use connector_runtime::Key;
use connector_sdk::Error;
use serde_json::json;

use crate::assemble::{self, Memory};
use crate::errors::{Done, Failure};
use crate::screen::Screen;

/// Change the key that seals what is stored
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a new key and seal everything anew with it; what is stored stays readable all the while
    Rotate,
}

/// Does it.
pub(crate) async fn key(args: KeyArgs, screen: &Screen) -> Done {
    let What::Rotate = args.what;
    let host = assemble::host(Memory::Store)?;
    let report = host.rotate_keys(Key::random()?, |_| {}).await?;
    if let Some((kind, key, error)) = report.failed.first() {
        let all = report.failed.len();
        let error = Error::new(error.code(), format!("{all} documents could not be sealed anew, the first is {kind} {key}: {error}"));
        return Err(Failure::Error(error.hint("They stay readable with the older key. Mend the cause and rotate again.")));
    }
    screen.value(&json!({ "sealed": report.changed, "alreadyCurrent": report.current }))
}
