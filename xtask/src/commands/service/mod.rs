//! `cargo xtask service`

pub(super) mod server;
pub(super) mod tools;

use std::path::Path;
use std::process::Command;

use xtask::Result;
use xtask::checkout::Checkout;

use self::server::Server;
use self::tools::{Node, Python};
use super::ci::Ended;

/// The folder of what is made here, below that of the checkout.
const FOLDER: &str = "target/service";

/// The connector that the short form looks at where everything would take too long.
const SHORT: &str = "graph_raw";

/// The folder with what the tools are given.
const GIVEN: &str = "xtask/service";

/// Start the service over its sandbox, and have tools of others look at it: a validator of OpenAPI, schemathesis, and
/// clients that openapi-typescript and progenitor generate.
///
/// The tools are installed into target/tools from PyPI and npm, in the versions that xtask/service names.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave nothing out: more examples of every operation, and the Rust client, which takes minutes to build
    #[arg(long)]
    long: bool,
    /// How many examples of each operation schemathesis makes; usually 2, with --long 30
    #[arg(long, value_name = "NUMBER")]
    examples: Option<u32>,
    /// Only these checks; the default is all of them
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Check>,
}

/// A check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Check {
    /// The descriptions are valid OpenAPI
    Documents,
    /// The service does what its description says, with a key that may do everything and without one
    Fuzz,
    /// A client of openapi-typescript compiles and works
    Typescript,
    /// A client of progenitor compiles and works
    Rust,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    match checked(&args, checkout)? {
        Ended::Passed => Ok(()),
        Ended::Skipped => Err("something was skipped, as said above".into()),
    }
}

/// What asks for the step of `cargo xtask ci`: it installs tools from PyPI and npm.
const ASKED_FOR: &str = "TENON_SERVICE";

/// As a step of `cargo xtask ci`: the short form. It is skipped aloud unless it is asked for, and where the tools cannot
/// be installed.
pub(super) fn step(checkout: &Checkout) -> Result<Ended> {
    if std::env::var_os(ASKED_FOR).is_none() {
        println!("SKIPPED: no tool was installed; {ASKED_FOR}=1 asks for it");
        return Ok(Ended::Skipped);
    }
    checked(
        &Args { long: false, examples: None, only: vec![Check::Documents, Check::Fuzz, Check::Typescript] },
        checkout,
    )
}

fn checked(args: &Args, checkout: &Checkout) -> Result<Ended> {
    let has = |check| args.only.contains(&check) || (args.only.is_empty() && (check != Check::Rust || args.long));
    let mut skipped = Vec::new();
    let python = found(Python::install(checkout), &mut skipped);
    let node = if has(Check::Typescript) { found(Node::install(checkout), &mut skipped) } else { None };
    let Some(python) = python else { return Ok(Ended::Skipped) };
    checkout.run_cargo(&["build", "--quiet", "--bin", "tenon"])?;
    let server = Server::start(checkout)?;
    if has(Check::Documents) || has(Check::Rust) {
        documents(checkout, &python, &server, args.long || has(Check::Rust))?;
    }
    if has(Check::Typescript)
        && let Some(node) = &node
    {
        typescript(checkout, node, &server)?;
    }
    if has(Check::Fuzz) {
        fuzz(checkout, &python, &server, args)?;
    }
    if has(Check::Rust) {
        rust(checkout, &server)?;
    }
    Ok(if skipped.is_empty() { Ended::Passed } else { Ended::Skipped })
}

fn found<T>(tool: std::result::Result<T, String>, skipped: &mut Vec<String>) -> Option<T> {
    tool.map_err(|missing| {
        println!("SKIPPED: {missing}");
        skipped.push(missing);
    })
    .ok()
}

fn documents(checkout: &Checkout, python: &Python, server: &Server, long: bool) -> Result<()> {
    println!("-- documents");
    let mut command = python.command("python");
    command.arg(checkout.path(&format!("{GIVEN}/documents.py"))).arg(server.url()).arg(checkout.path(FOLDER));
    if !long {
        command.arg(SHORT);
    }
    follow(&mut command, "the descriptions are not valid")
}

// What the short form leaves out: the coverage of every value of every operation, which takes longest.
fn fuzz(checkout: &Checkout, python: &Python, server: &Server, args: &Args) -> Result<()> {
    let every_phase = "examples,coverage,fuzzing,stateful";
    let looks = match args.long {
        true => [("", true, every_phase), ("", false, every_phase)],
        false => [("", true, "examples,fuzzing"), (SHORT, false, every_phase)],
    };
    let examples = args.examples.unwrap_or(if args.long { 30 } else { 2 });
    for (connector, has_key, phases) in looks {
        let who = if has_key { "with a key that may do everything" } else { "without a key" };
        println!("-- schemathesis {who}: {phases}, {examples} examples of each operation");
        let mut command = python.command("schemathesis");
        command.current_dir(checkout.path(FOLDER));
        command.arg("--config-file").arg(checkout.path(&format!("{GIVEN}/schemathesis.toml")));
        let only = if connector.is_empty() { String::new() } else { format!("?connector={connector}") };
        command.arg("run").arg(format!("{}/v1/openapi.json{only}", server.url())).args(["--url", server.url()]);
        command.args(["--checks", "all", "--phases", phases, "--max-examples", &examples.to_string()]);
        // Many inputs are about one of several properties, so that most of what is tried at first does not fit.
        command.args(["--suppress-health-check", "all", "--no-shrink"]);
        if has_key {
            command.arg("--header").arg(format!("Authorization: Bearer {}", server.key()));
        }
        follow(&mut command, "the service does not do what its description says")?;
    }
    Ok(())
}

fn typescript(checkout: &Checkout, node: &Node, server: &Server) -> Result<()> {
    println!("-- openapi-typescript");
    let given = checkout.path(&format!("{GIVEN}/typescript"));
    for file in ["client.ts", "tsconfig.json"] {
        std::fs::copy(given.join(file), node.folder().join(file))?;
    }
    let description = format!("{}/v1/openapi.json", server.url());
    follow(node.program("openapi-typescript").args([&description, "--output", "service.d.ts"]), "no types are made")?;
    follow(node.program("tsc").args(["--project", "tsconfig.json"]), "the TypeScript client does not compile")?;
    follow(node.node().arg("built/client.js").arg(server.url()), "the TypeScript client does not work")
}

fn rust(checkout: &Checkout, server: &Server) -> Result<()> {
    println!("-- progenitor");
    let folder = checkout.path("target/tools/rust");
    std::fs::create_dir_all(folder.join("src"))?;
    let given = checkout.path(&format!("{GIVEN}/rust"));
    for file in ["Cargo.toml", "src/main.rs"] {
        std::fs::copy(given.join(file), folder.join(file))?;
    }
    std::fs::copy(checkout.path(&format!("{FOLDER}/openapi-all-3.0.json")), folder.join("openapi.json"))?;
    let words = ["run", "--quiet", "--", server.url()];
    follow(checkout.cargo().current_dir(&folder).args(words), "the Rust client does not compile or does not work")
}

fn follow(command: &mut Command, otherwise: &str) -> Result<()> {
    let program = Path::new(command.get_program()).display().to_string();
    let status = command.status().map_err(|error| format!("{program} cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(otherwise.into()) }
}
