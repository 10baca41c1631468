//! `cargo xtask new`

use clap::Subcommand;
use xtask::Result;
use xtask::checkout::Checkout;
use xtask::scaffold::{self, Draft};

/// Start a connector or an action; what is written works as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Start a connector: a crate with a first action, a transcript, a schema and the list lines.
    Connector {
        /// Its name, such as `planner`.
        name: String,
    },
    /// Start an action: its file, a transcript, a schema and the list lines.
    Action {
        /// The connector's name, such as `outlook`.
        connector: String,
        /// The action's name, such as `list_rooms`.
        name: String,
        /// The subject that it belongs to, such as `calendar`, where the connector is divided by subject
        #[arg(long)]
        subject: Option<String>,
    },
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    let (draft, next) = match args.what {
        What::Connector { name } => {
            let draft = scaffold::connector(checkout, &name)?;
            let map = "Put the crate on the map in docs/ARCHITECTURE.md, and its permissions into connections.rs.";
            (draft, format!("{map}\nTry it: cargo tenon run {name}.get_me --connection sandbox"))
        }
        What::Action { connector, name, subject } => {
            let draft = scaffold::action(checkout, &connector, subject.as_deref(), &name)?;
            let next = "It reads the signed-in user. Change the file to what it is to do, then run `cargo xtask schemas` and `cargo xtask docs`.";
            (draft, next.to_owned())
        }
    };
    draft.write(checkout)?;
    format(checkout, &draft)?;
    draft.created.keys().for_each(|file| println!("wrote {file}"));
    draft.changed.keys().for_each(|file| println!("added a line to {file}"));
    // This process was built before what it has just written, so a new one describes it.
    for command in ["schemas", "docs"] {
        cargo(checkout, &["run", "--quiet", "--package", "xtask", "--", command])?;
    }
    println!(
        "\n{next}\nTest it: cargo test --package {} && cargo test --package tenon-tests --test transcripts",
        draft.package
    );
    Ok(())
}

// A new list line may be longer than its neighbours.
fn format(checkout: &Checkout, draft: &Draft) -> Result<()> {
    cargo(checkout, &["fmt", "--package", &draft.package])
}

fn cargo(checkout: &Checkout, words: &[&str]) -> Result<()> {
    let status = checkout.cargo().args(words).status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the files are written, but cargo {} failed", words.join(" ")).into())
    }
}
