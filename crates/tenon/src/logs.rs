//! Log output of the library.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::output::Screen;

/// Environment variable with a custom filter, such as `graph_client=trace`.
const VARIABLE: &str = "TENON_LOG";

/// Crates of this project; others are logged from `-vvv` on.
const OURS: &[&str] = &[
    "connector_sdk",
    "connector_runtime",
    "connector_service",
    "graph_auth",
    "graph_client",
    "graph_sandbox",
    "tenon",
];

/// Logs to standard error: warnings, with `-v` each request, and more with each further `v`.
pub(crate) fn show(screen: &Screen) {
    let filter = match std::env::var(VARIABLE).ok().and_then(|filter| filter.parse::<Targets>().ok()) {
        Some(filter) => filter,
        // Standard error is one JSON object then, and only if something went wrong.
        None if screen.verbose == 0 && (screen.json || screen.is_quiet()) => return,
        None => usual(screen.verbose),
    };
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(screen.has_colours());
    // It fails when there is one already, which then shows what there is to show.
    let _ = if screen.verbose == 0 {
        tracing_subscriber::registry().with(filter).with(layer.without_time().with_target(false)).try_init()
    } else {
        tracing_subscriber::registry().with(filter).with(layer.with_target(false)).try_init()
    };
}

fn usual(verbose: u8) -> Targets {
    let (ours, others) = match verbose {
        0 => (LevelFilter::WARN, LevelFilter::OFF),
        1 => (LevelFilter::DEBUG, LevelFilter::WARN),
        2 => (LevelFilter::TRACE, LevelFilter::WARN),
        _ => (LevelFilter::TRACE, LevelFilter::DEBUG),
    };
    OURS.iter().fold(Targets::new().with_default(others), |filter, target| filter.with_target(*target, ours))
}
