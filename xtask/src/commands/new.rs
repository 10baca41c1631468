//! `cargo xtask new`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use connector_testing::command::{New, NewAction, NewPicklist, NewTrigger};
use xtask::Result;
use xtask::checkout::Checkout;
use xtask::scaffold::{self, ConnectorCrate, Draft};

/// Start a connector, an action, a trigger or a picklist; what is written works as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Start a connector that lists nothing yet: a crate, and the lines that list it.
    Connector {
        /// Its name, such as `planner`.
        name: String,
        /// A new folder outside this checkout, for a crate of its own that depends on the SDK
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Start an action: its file, two transcripts, a schema and the list lines.
    Action {
        /// The connector's name, such as `outlook`.
        connector: String,
        #[command(flatten)]
        action: NewAction,
    },
    /// Start a trigger that polls a list for what is new: its file, two transcripts, a schema and the list lines.
    Trigger {
        /// The connector's name, such as `outlook`.
        connector: String,
        #[command(flatten)]
        trigger: NewTrigger,
    },
    /// Start a picklist of the objects in a list: its file, two transcripts, a schema and the list lines.
    Picklist {
        /// The connector's name, such as `outlook`.
        connector: String,
        #[command(flatten)]
        picklist: NewPicklist,
    },
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    match args.what {
        What::Connector { name, out: Some(out) } => standalone(checkout, &out, &name).map(drop),
        What::Connector { name, out: None } => {
            let draft = scaffold::connector(checkout, &name)?;
            draft.write(checkout)?;
            checkout.run_cargo(&["fmt", "--package", &draft.package])?;
            let next = format!("Say in crates/{}/src/lib.rs what it is for", draft.package);
            finish(
                checkout,
                &draft,
                &format!("{next}. Add to it: cargo xtask new action {name} NAME --request 'GET /…'"),
            )
        }
        What::Action { connector, action } => start(checkout, &connector, &New::Action(action)),
        What::Trigger { connector, trigger } => start(checkout, &connector, &New::Trigger(trigger)),
        What::Picklist { connector, picklist } => start(checkout, &connector, &New::Picklist(picklist)),
    }
}

fn start(checkout: &Checkout, connector: &str, new: &New) -> Result<()> {
    let draft = new.write(checkout, &ConnectorCrate::of_project(checkout, connector)?)?;
    if let Some(model) = new.model(checkout) {
        // The facts of a type that no output named before.
        generate(checkout, &["graph-types", "--metadata", &model.display().to_string()])?;
    }
    finish(checkout, &draft, &new.next())
}

/// Makes a connector in a crate of its own, with what its tools generate. Returns the folder.
pub(super) fn standalone(checkout: &Checkout, out: &Path, name: &str) -> Result<Checkout> {
    let (place, draft) = scaffold::standalone(checkout, out, name)?;
    draft.write(&place)?;
    draft.created.keys().for_each(|file| println!("wrote {}", out.join(file).display()));
    for words in [["fmt", "--all"], ["xtask", "schemas"], ["xtask", "docs"]] {
        let folder = out.display();
        let next = "mend that, then run `cargo xtask schemas` and `cargo xtask docs`";
        place.run_cargo(&words).map_err(|error| format!("the files are written, but {error}: in {folder}, {next}"))?;
    }
    let readme = out.join("README.md");
    println!(
        "\nSay in {} what it is for. {} has the next commands.",
        out.join("src/lib.rs").display(),
        readme.display()
    );
    Ok(place)
}

fn finish(checkout: &Checkout, draft: &Draft, next: &str) -> Result<()> {
    draft.created.keys().for_each(|file| println!("wrote {file}"));
    draft.changed.keys().for_each(|file| println!("added a line to {file}"));
    for command in ["schemas", "docs"] {
        generate(checkout, &[command])?;
    }
    println!("\n{next}");
    draft.remarks.iter().for_each(|remark| println!("{remark}"));
    println!("Test it: cargo test --test transcripts");
    Ok(())
}

// This process was built before what it has just written, so a new one describes it.
fn generate(checkout: &Checkout, command: &[&str]) -> Result<()> {
    let words = [&["run", "--quiet", "--bin", "xtask", "--"], command].concat();
    checkout.run_cargo(&words).map_err(|error| format!("the files are written, but {error}").into())
}
