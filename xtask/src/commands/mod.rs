//! The commands: each translates its arguments, calls the library and prints.

mod api;
mod build;
mod ci;
mod conformance;
mod docs;
mod fuzz;
mod graph_types;
mod mcp;
mod new;
mod schemas;
mod service;
mod soak;
mod standalone;
mod tidy;
mod validate;
mod walkthrough;

// Measures when it is built with the feature `bench`; otherwise builds itself so and starts again.
#[cfg(feature = "bench")]
mod bench;
#[cfg(not(feature = "bench"))]
mod bench_build;
#[cfg(not(feature = "bench"))]
mod bench_launcher;
#[cfg(not(feature = "bench"))]
use bench_launcher as bench;

mod sync;

use clap::Subcommand;
use xtask::Result;
use xtask::checkout::Checkout;

/// What `cargo xtask` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Build(build::Args),
    New(new::Args),
    Schemas(schemas::Args),
    Validate(validate::Args),
    Conformance(conformance::Args),
    Docs(docs::Args),
    Api(api::Args),
    Fuzz(fuzz::Args),
    GraphTypes(graph_types::Args),
    Tidy(tidy::Args),
    Standalone(standalone::Args),
    Walkthrough(walkthrough::Args),
    Service(service::Args),
    Mcp(mcp::Args),
    Soak(soak::Args),
    Bench(bench::Args),
    Ci(ci::Args),
}

impl Command {
    /// Carries it out.
    pub(crate) fn run(self) -> Result<()> {
        let checkout = Checkout::find()?;
        match self {
            Command::Build(args) => build::run(args, &checkout),
            Command::New(args) => new::run(args, &checkout),
            Command::Schemas(args) => schemas::run(args, &checkout),
            Command::Validate(args) => validate::run(args, &checkout),
            Command::Conformance(args) => conformance::run(args, &checkout),
            Command::Docs(args) => docs::run(args, &checkout),
            Command::Api(args) => api::run(args, &checkout),
            Command::Fuzz(args) => fuzz::run(args, &checkout),
            Command::GraphTypes(args) => graph_types::run(args, &checkout),
            Command::Tidy(args) => tidy::run(args, &checkout),
            Command::Standalone(args) => standalone::run(args, &checkout),
            Command::Service(args) => service::run(args, &checkout),
            Command::Mcp(args) => mcp::run(args, &checkout),
            Command::Walkthrough(args) => walkthrough::run(args, &checkout),
            Command::Soak(args) => soak::run(args, &checkout),
            Command::Bench(args) => bench::run(args, &checkout),
            Command::Ci(args) => ci::run(args, &checkout),
        }
    }
}
