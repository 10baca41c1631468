//! `cargo xtask mcp`

mod conformance;
mod node;

use std::process::{Command, Stdio};

use xtask::checkout::Checkout;
use xtask::{Result, connectors};

use self::node::Node;
use super::ci::Ended;
use super::service::server::Server;

/// The folder of what is made here, below that of the checkout.
const FOLDER: &str = "target/mcp";

/// The folder with what the tools are given.
const GIVEN: &str = "xtask/mcp";

/// What the key may do: read, and write with care; and whoever sits in front of the client approves.
const GRANT: [&str; 8] =
    ["--connection", "sandbox", "--action", "*", "--allow", "read,write", "--right", "approve-in-client"];

/// Start the service over its sandbox, and have the official tools of the Model Context Protocol look at it: the
/// clients in TypeScript, the Inspector and the conformance suite.
///
/// The tools are installed into target/tools from npm, in the versions that xtask/mcp names.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only these checks; the default is all of them
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Check>,
}

/// A check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Check {
    /// The official clients work, over HTTP and over standard input and output
    Clients,
    /// The Inspector finds nothing in the schemas of the tools
    Inspector,
    /// The conformance suite passes in every revision, as far as it needs no tools of its own
    Conformance,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    match checked(&args, checkout)? {
        Ended::Passed => Ok(()),
        Ended::Skipped => Err("something was skipped, as said above".into()),
    }
}

/// What asks for the step of `cargo xtask ci`: it installs tools from npm.
const ASKED_FOR: &str = "TENON_SERVICE";

/// As a step of `cargo xtask ci`. It is skipped aloud unless it is asked for, and where the tools cannot be installed.
pub(super) fn step(checkout: &Checkout) -> Result<Ended> {
    if std::env::var_os(ASKED_FOR).is_none() {
        println!("SKIPPED: no tool was installed; {ASKED_FOR}=1 asks for it");
        return Ok(Ended::Skipped);
    }
    checked(&Args { only: Vec::new() }, checkout)
}

fn checked(args: &Args, checkout: &Checkout) -> Result<Ended> {
    let node = match Node::install(checkout) {
        Ok(node) => node,
        Err(missing) => {
            println!("SKIPPED: {missing}");
            return Ok(Ended::Skipped);
        }
    };
    checkout.run_cargo(&["build", "--quiet", "--bin", "tenon"])?;
    let server = Server::start_in(checkout, FOLDER, &GRANT)?;
    let has = |check| args.only.is_empty() || args.only.contains(&check);
    if has(Check::Clients) {
        clients(checkout, &node, &server)?;
    }
    if has(Check::Inspector) {
        inspector(checkout, &node, &server)?;
    }
    if has(Check::Conformance) {
        conformance::check(checkout, &node, server.url())?;
    }
    Ok(Ended::Passed)
}

fn tenon(checkout: &Checkout) -> std::path::PathBuf {
    checkout.path(&format!("target/debug/tenon{}", std::env::consts::EXE_SUFFIX))
}

fn clients(checkout: &Checkout, node: &Node, server: &Server) -> Result<()> {
    println!("-- clients");
    // It imports what is installed beside it.
    std::fs::copy(checkout.path(&format!("{GIVEN}/clients.mjs")), node.folder().join("clients.mjs"))?;
    let home = checkout.path(&format!("{FOLDER}/home"));
    let mut command = node.command();
    command.arg("clients.mjs").arg(tenon(checkout)).arg(home).arg(server.url()).arg(server.key());
    follow(&mut command, "an official client does not work with the service")
}

// With `--strict` it fails for schemas that some client does not take: those of the general tools, and those of all
// actions as tools of their own, which are too many at once for one list.
fn inspector(checkout: &Checkout, node: &Node, server: &Server) -> Result<()> {
    println!("-- inspector");
    let (folder, home) = (checkout.path(FOLDER), checkout.path(&format!("{FOLDER}/home")));
    let look = |target: &[&str]| -> Result<()> {
        let mut command = node.command();
        command.arg("node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js");
        command.args(["--cli", "--method", "tools/list", "--strict"]).args(target);
        command.env("HOME", &folder).stdout(Stdio::null());
        follow(&mut command, "the Inspector has found something in the tools")
    };
    let url = format!("{}/mcp", server.url());
    let header = format!("Authorization: Bearer {}", server.key());
    look(&[&url, "--transport", "http"])?;
    look(&[&url, "--transport", "http", "--header", &header])?;
    let (home, tenon) = (format!("TENON_HOME={}", home.display()), tenon(checkout).display().to_string());
    for connector in connectors::connectors() {
        let tools = format!("{}.*", connector.name);
        look(&["-e", &home, "--", &tenon, "mcp", "--quiet", "--allow", "write", "--tools", &tools])?;
    }
    Ok(())
}

fn follow(command: &mut Command, otherwise: &str) -> Result<()> {
    let status = command.status().map_err(|error| format!("node cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(otherwise.into()) }
}
