//! `cargo xtask bench`, built for measuring
//!
//! Each row does the same work twice: through the host, and with a bare client against the same
//! server. The server is another process, so that its time is not ours. Machines are noisy, so what
//! counts is the ratio of CPU times of runs that alternate, and nothing here fails for being slow.

mod bare;
mod cpu;
mod flight;
mod ours;
mod process;
mod report;
mod rows;
mod server;
mod service;

use xtask::Result;
use xtask::checkout::Checkout;

use self::process::{ListArgs, Server, StartArgs};
use self::report::Row;
use self::rows::{Bench, Name};
use self::service::ServiceArgs;

// Both sides allocate with what the program `tenon` allocates with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measure, against a bare client and the same server.
///
/// Ratios are CPU time of the host by CPU time of a bare client: the median of paired runs, with the
/// least and the most. A server on the loopback address answers both; it is another process, so its
/// time is not counted. Nothing fails for being slow. `--build` times builds instead, in half an hour.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only this row; may be repeated
    #[arg(long, value_name = "ROW")]
    only: Vec<Name>,
    /// Fewer and shorter runs: to see that everything works
    #[arg(long)]
    quick: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// How many threads the client has. One gives the steadiest figures
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What runs in a process of its own.
#[derive(Debug, clap::Subcommand)]
enum Part {
    /// The server
    #[command(hide = true)]
    Serve,
    /// Reads a list through the host and tells the peak of memory
    #[command(hide = true)]
    List(ListArgs),
    /// The service
    #[command(hide = true)]
    Service(ServiceArgs),
    /// The least program that makes one request
    #[command(hide = true)]
    Start(StartArgs),
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    match args.part {
        Some(Part::Serve) => return server::serve(),
        Some(Part::List(list)) => return runtime(1)?.block_on(process::list(list)),
        Some(Part::Service(args)) => return runtime(1)?.block_on(service::serve(args)),
        Some(Part::Start(start)) => return runtime(1)?.block_on(process::start(start)),
        None => {}
    }
    if cfg!(debug_assertions) && !args.quick {
        return Err("a debug build measures nothing: use `cargo xtask bench`, which builds for release".into());
    }
    let rows = runtime(args.threads)?.block_on(measure(&args, checkout))?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print!("{}", report::table(&rows));
    }
    Ok(())
}

async fn measure(args: &Args, checkout: &Checkout) -> Result<Vec<Row>> {
    let bench =
        Bench { server: Server::start()?, bare: bare::client()?, quick: args.quick, checkout: checkout.clone() };
    let wanted = if args.only.is_empty() { Name::all() } else { args.only.clone() };
    let mut rows = Vec::with_capacity(wanted.len());
    for name in wanted {
        eprintln!("measuring {name} …");
        rows.push(rows::measure(name, &bench).await.map_err(|error| format!("{name}: {error}"))?);
    }
    Ok(rows)
}

fn runtime(threads: u16) -> Result<tokio::runtime::Runtime> {
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    if threads > 1 {
        builder.worker_threads(threads.into());
    }
    Ok(builder.enable_all().build()?)
}
