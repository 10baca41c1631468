//! `cargo xtask soak`

use xtask::Result;
use xtask::checkout::Checkout;

/// Run the service for long: watches, streams, deliveries and agents, and processes over one store that are killed.
///
/// Some of the processes have no space on their disk before they are killed. The receiver refuses every tenth message at
/// first, answers others too late, and is down for a while. At the end every mail of the sandbox must be there once in
/// every watch, once in every stream, and at the receiver under one id. The report has how long the others took to take
/// over, how fast a backlog drains, and what the process that lived through it had of memory and open files, early and
/// late; Linux tells these. Then processes call one mailbox together, which never has more than four requests at once.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long, in minutes
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// How many watches
    #[arg(long, default_value_t = 40)]
    watches: usize,
    /// How many streams of events
    #[arg(long, default_value_t = 100)]
    streams: usize,
    /// How many processes; the first is never killed
    #[arg(long, default_value_t = 3)]
    processes: usize,
    /// Pause between two kills, in seconds
    #[arg(long, default_value_t = 20)]
    kill_seconds: u64,
    /// Build for release first
    #[arg(long)]
    release: bool,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    let mut cargo = checkout.cargo();
    cargo.args(["test", "--quiet", "--test", "cli"]);
    if args.release {
        cargo.arg("--release");
    }
    cargo.args(["--", "serve::soak::for_long", "--exact", "--ignored", "--nocapture"]);
    let set = [
        ("TENON_SOAK_SECONDS", args.minutes * 60),
        ("TENON_SOAK_WATCHES", args.watches as u64),
        ("TENON_SOAK_STREAMS", args.streams as u64),
        ("TENON_SOAK_PROCESSES", args.processes as u64),
        ("TENON_SOAK_KILL_SECONDS", args.kill_seconds),
    ];
    for (name, value) in set {
        cargo.env(name, value.to_string());
    }
    let status = cargo.status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err("the soak has failed; its report stands above".into()) }
}
