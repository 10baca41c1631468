//! `cargo xtask new`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use xtask::Result;
use xtask::checkout::Checkout;
use xtask::conformance::metadata::Places;
use xtask::scaffold::{self, Draft, RequestLine};

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
        /// A new folder outside this checkout, for a crate of its own that depends on the SDK
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
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
        /// The request that it sends, such as `PATCH /planner/tasks/{id}`: path, input, output and permissions are taken
        /// from Microsoft's metadata
        #[arg(long, value_name = "REQUEST", value_parser = |line: &str| line.parse::<RequestLine>())]
        request: Option<RequestLine>,
        /// The CSDL of Microsoft Graph v1.0, plain or gzip
        #[arg(long, value_name = "FILE", requires = "request")]
        metadata: Option<PathBuf>,
        /// The table of permissions (`permissions.json`), plain or gzip
        #[arg(long, value_name = "FILE", requires = "request")]
        permissions: Option<PathBuf>,
    },
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    let (draft, next) = match args.what {
        What::Connector { name, out: Some(out) } => return standalone(checkout, &out, &name),
        What::Connector { name, out: None } => {
            let draft = scaffold::connector(checkout, &name)?;
            (draft, format!("Try it: cargo tenon run {name}.get_me --connection sandbox"))
        }
        What::Action { connector, name, subject, request: None, .. } => {
            let draft = scaffold::action(checkout, &connector, subject.as_deref(), &name)?;
            let next = "It reads the signed-in user. Change the file to what it is to do, then run `cargo xtask schemas` \
                        and `cargo xtask docs`.";
            (draft, next.to_owned())
        }
        What::Action { connector, name, subject, request: Some(line), metadata, permissions } => {
            let places = Places { metadata, permissions, examples: None }.or_found(checkout);
            let files = places.read(checkout)?;
            let known = (&files.model, &files.table);
            let draft = scaffold::action_of_request(checkout, &connector, subject.as_deref(), &name, &line, known)?;
            let next = "Remove the properties that callers do not need, and say in each description what the value \
                        means. Then run `cargo xtask schemas` and `cargo xtask docs`.";
            write(checkout, &draft)?;
            // The facts of a type that no output named before.
            let model = places.metadata.unwrap_or_default().display().to_string();
            generate(checkout, &["graph-types", "--metadata", &model])?;
            return finish(checkout, &draft, next);
        }
    };
    write(checkout, &draft)?;
    finish(checkout, &draft, &next)
}

// A crate of its own has tools of its own.
fn standalone(checkout: &Checkout, out: &Path, name: &str) -> Result<()> {
    let (place, draft) = scaffold::standalone(checkout, out, name)?;
    draft.write(&place)?;
    cargo(&place, &["fmt", "--all"])?;
    draft.created.keys().for_each(|file| println!("wrote {}", out.join(file).display()));
    for command in ["schemas", "docs"] {
        cargo(&place, &["xtask", command])?;
    }
    println!("\nTest it: cd {} && cargo test\nRun it: cargo run --example sandbox", out.display());
    Ok(())
}

fn write(checkout: &Checkout, draft: &Draft) -> Result<()> {
    draft.write(checkout)?;
    format(checkout, draft)?;
    draft.created.keys().for_each(|file| println!("wrote {file}"));
    draft.changed.keys().for_each(|file| println!("added a line to {file}"));
    Ok(())
}

fn finish(checkout: &Checkout, draft: &Draft, next: &str) -> Result<()> {
    for command in ["schemas", "docs"] {
        generate(checkout, &[command])?;
    }
    println!("\n{next}");
    draft.remarks.iter().for_each(|remark| println!("{remark}"));
    println!("Test it: cargo test --package {} && cargo test --package tenon-tests --test transcripts", draft.package);
    Ok(())
}

// This process was built before what it has just written, so a new one describes it.
fn generate(checkout: &Checkout, command: &[&str]) -> Result<()> {
    cargo(checkout, &[&["run", "--quiet", "--package", "xtask", "--"], command].concat())
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
