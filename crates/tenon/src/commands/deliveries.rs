//! The command `tenon deliveries`.

use std::time::Duration;

use clap::{Args, Subcommand};
use connector_runtime::Selection;
use jiff::Timestamp;
use serde_json::json;

use super::keys::owner;
use crate::failure::CliResult;
use crate::output::Screen;
use crate::time;

/// List the deliveries that have failed, try them again, and send events again
#[derive(Debug, Args)]
pub(crate) struct DeliveriesArgs {
    #[command(subcommand)]
    what: DeliveriesCommand,
}

#[derive(Debug, Subcommand)]
enum DeliveriesCommand {
    /// List the deliveries to a destination that have failed
    List {
        /// Name or id of the destination
        destination: String,
        /// Maximum number
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Try a delivery again now
    Retry {
        /// Its id
        id: String,
    },
    /// Give a delivery up
    Discard {
        /// Its id
        id: String,
    },
    /// Send events of a watch to a destination again
    Replay {
        /// Name or id of the destination
        destination: String,
        /// Name or id of the watch
        watch: String,
        /// Those of the last so long
        #[arg(long, value_name = "TIME", value_parser = time::span, required_unless_present = "id")]
        back: Option<Duration>,
        /// The event with this id; may be repeated
        #[arg(long, value_name = "ID", conflicts_with = "back")]
        id: Vec<String>,
    },
    /// List the replays that are going on
    Replays,
}

/// Runs `tenon deliveries`.
pub(crate) async fn deliveries(args: DeliveriesArgs, screen: &Screen) -> CliResult {
    let host = owner()?;
    let deliveries = host.deliveries();
    match args.what {
        DeliveriesCommand::List { destination, limit } => {
            screen.value(&json!({ "items": deliveries.failed(&destination, None, limit).await? }))
        }
        DeliveriesCommand::Retry { id } => screen.value(&deliveries.retry(&id).await?),
        DeliveriesCommand::Discard { id } => {
            deliveries.discard(&id).await?;
            screen.value(&json!({ "discarded": id }))
        }
        DeliveriesCommand::Replay { destination, watch, back, id } => {
            let since = back.and_then(|back| Timestamp::now().checked_sub(back).ok());
            let select = since.map_or(Selection::Ids(id), Selection::Since);
            screen.value(&deliveries.replay(&destination, &watch, select).await?)
        }
        DeliveriesCommand::Replays => screen.value(&json!({ "items": deliveries.replays().await? })),
    }
}
