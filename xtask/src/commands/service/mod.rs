//! `cargo xtask service`

mod server;
mod tools;

use std::path::Path;
use std::process::Command;

use xtask::Result;
use xtask::checkout::Checkout;

use self::server::Server;
use self::tools::{Node, Python};
use super::ci::Ended;

/// The folder of what is made here, below that of the checkout.
const FOLDER: &str = "target/service";

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
    /// How many examples of each operation schemathesis makes; usually 3, with --long 30
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

/// As a step of `cargo xtask ci`: the short form. It is skipped aloud where the tools cannot be installed.
pub(super) fn step(checkout: &Checkout) -> Result<Ended> {
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
    checkout.run_cargo(&["build", "--quiet", "--package", "tenon"])?;
    let server = Server::start(checkout)?;
    if has(Check::Documents) || has(Check::Rust) {
        documents(checkout, &python, &server)?;
    }
    if has(Check::Typescript)
        && let Some(node) = &node
    {
        typescript(checkout, node, &server)?;
    }
    if has(Check::Fuzz) {
        let examples = args.examples.unwrap_or(if args.long { 30 } else { 3 });
        fuzz(checkout, &python, &server, examples)?;
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

fn documents(checkout: &Checkout, python: &Python, server: &Server) -> Result<()> {
    println!("-- documents");
    let script = checkout.path(&format!("{GIVEN}/documents.py"));
    let mut command = python.command("python");
    command.arg(script).arg(server.url()).arg(checkout.path(FOLDER));
    follow(&mut command, "the descriptions are not valid")
}

fn fuzz(checkout: &Checkout, python: &Python, server: &Server, examples: u32) -> Result<()> {
    let config = checkout.path(&format!("{GIVEN}/schemathesis.toml"));
    for (name, key) in [("without a key", None), ("with a key that may do everything", Some(server.key()))] {
        println!("-- schemathesis, {name}, {examples} examples of each operation");
        let mut command = python.command("schemathesis");
        command.current_dir(checkout.path(FOLDER)).arg("--config-file").arg(&config);
        command.arg("run").arg(format!("{}/v1/openapi.json", server.url()));
        command.args(["--max-examples", &examples.to_string(), "--checks", "all"]);
        if let Some(key) = key {
            command.args(["--header", &format!("Authorization: Bearer {key}")]);
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
