//! The rows: one piece of work each.

mod lines;
mod list;
mod mcp;
mod members;
mod memory;
mod run;
mod send;
mod serve;
mod start;
mod throttle;
mod token;
mod validate;

use std::fmt;

use serde::Serialize;
use xtask::Result;
use xtask::checkout::Checkout;

use super::process::Server;
use super::report::Row;

/// What every row needs.
pub(super) struct Bench {
    pub(super) server: Server,
    pub(super) bare: reqwest::Client,
    pub(super) quick: bool,
    pub(super) checkout: Checkout,
}

impl Bench {
    /// As many as usual, or fewer when it must be quick.
    fn many(&self, usual: usize, quick: usize) -> usize {
        if self.quick { quick } else { usual }
    }
}

/// Which row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Name {
    /// Emails, many in flight
    Send,
    /// A list, items passed through
    List,
    /// The same, fifty times as long: its memory
    Memory,
    /// Reading and validating an input
    Validate,
    /// Many members into one group
    Members,
    /// More than the server allows in a second, to many mailboxes
    Rate,
    /// More than the server allows in a second, to one mailbox
    RateOne,
    /// More at once than a mailbox allows
    Mailbox,
    /// Many that find the token expired
    Token,
    /// From the start of the program to its first answer
    Start,
    /// A run over HTTP, of an action that does nothing
    Run,
    /// A long list over HTTP, a line for each item: its memory
    Lines,
    /// From the start of the service to its first answer
    Serve,
    /// A read over MCP, of an action that does nothing; a search
    Mcp,
}

impl Name {
    pub(super) fn all() -> Vec<Name> {
        <Name as clap::ValueEnum>::value_variants().to_vec()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = clap::ValueEnum::to_possible_value(self);
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// Measures a row.
pub(super) async fn measure(name: Name, bench: &Bench) -> Result<Row> {
    match name {
        Name::Send => send::measure(bench).await,
        Name::List => list::measure(bench).await,
        Name::Memory => memory::measure(bench),
        Name::Validate => validate::measure(bench),
        Name::Members => members::measure(bench).await,
        Name::Rate => throttle::many_mailboxes(bench).await,
        Name::RateOne => throttle::one_mailbox(bench).await,
        Name::Mailbox => throttle::at_once(bench).await,
        Name::Token => token::measure(bench).await,
        Name::Start => start::measure(bench).await,
        Name::Run => run::measure(bench).await,
        Name::Lines => lines::measure(bench).await,
        Name::Serve => serve::measure(bench).await,
        Name::Mcp => mcp::measure(bench).await,
    }
}

/// A time as people read it.
fn time(seconds: f64) -> String {
    match seconds {
        short if short < 0.001 => format!("{:.2} µs", short * 1e6),
        short if short < 1.0 => format!("{:.2} ms", short * 1e3),
        long => format!("{long:.2} s"),
    }
}
