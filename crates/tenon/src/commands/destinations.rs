//! The command `tenon destinations`.

use clap::{Args, Subcommand};
use connector_runtime::{DestinationChange, NewDestination, NewSecret, Patterns};
use serde_json::{Value, json};
use url::Url;

use crate::address_rules::AddressRulesArg;
use crate::build_host::Needs;
use crate::failure::CliResult;
use crate::output::Screen;

/// Make, list, show, change, test and remove destinations: addresses that `tenon serve` sends the events of watches to
///
/// Messages are signed as Standard Webhooks says. `tenon watch add … --to NAME` sends the events of a watch to one.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct DestinationsArgs {
    #[command(subcommand)]
    what: Option<DestinationsCommand>,
}

#[derive(Debug, Subcommand)]
enum DestinationsCommand {
    /// List the destinations (the default)
    List,
    /// Show a destination
    Show {
        /// Its name or id
        destination: String,
    },
    /// Make a destination, and print its secret once
    Add {
        /// Its name
        name: String,
        /// Address that events are posted to, over https
        url: Url,
        /// Send the events of a watch in order, one at a time; one that fails holds up the others
        #[arg(long)]
        ordered: bool,
        /// Type of events that it gets, such as outlook.new_email, or the beginning of one and `*`; may be repeated.
        /// Without it, it gets all of the watches that send to it
        #[arg(long, value_name = "TYPE")]
        events: Vec<String>,
        #[command(flatten)]
        rules: AddressRulesArg,
    },
    /// Change the address of a destination
    Change {
        /// Its name or id
        destination: String,
        /// Its new address
        #[arg(long)]
        url: Url,
        #[command(flatten)]
        rules: AddressRulesArg,
    },
    /// Send a test event, and say what was answered
    Test {
        /// Its name or id
        destination: String,
        #[command(flatten)]
        rules: AddressRulesArg,
    },
    /// Replace the secret; the former one signs for another 24 hours too
    Rotate {
        /// Its name or id
        destination: String,
    },
    /// Pause a destination; its events wait
    Pause {
        /// Its name or id
        destination: String,
        /// Reason, for people
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Resume a destination
    Resume {
        /// Its name or id
        destination: String,
    },
    /// Remove a destination to which no watch sends
    Remove {
        /// Its name or id
        destination: String,
    },
}

/// Runs `tenon destinations`.
pub(crate) async fn destinations(args: DestinationsArgs, screen: &Screen) -> CliResult {
    let store = || AddressRulesArg::default().owner(Needs::Store);
    match args.what.unwrap_or(DestinationsCommand::List) {
        DestinationsCommand::List => screen.value(&json!({ "items": store()?.destinations().list().await? })),
        DestinationsCommand::Show { destination } => screen.value(&store()?.destinations().show(&destination).await?),
        DestinationsCommand::Add { name, url, ordered, events, rules } => {
            let mut new = NewDestination::new(name, url);
            new.ordered = ordered;
            if !events.is_empty() {
                new.events = Patterns::new(events)?;
            }
            made(&rules.owner(Needs::Store)?.destinations().add(new).await?, screen)
        }
        DestinationsCommand::Change { destination, url, rules } => {
            let mut change = DestinationChange::default();
            change.url = Some(url);
            screen.value(&rules.owner(Needs::Store)?.destinations().change(&destination, change, None).await?)
        }
        DestinationsCommand::Test { destination, rules } => {
            screen.value(&rules.owner(Needs::Network)?.destinations().test(&destination).await?)
        }
        DestinationsCommand::Rotate { destination } => {
            made(&store()?.destinations().rotate(&destination).await?, screen)
        }
        DestinationsCommand::Pause { destination, reason } => {
            screen.value(&store()?.destinations().pause(&destination, &reason).await?)
        }
        DestinationsCommand::Resume { destination } => {
            screen.value(&store()?.destinations().resume(&destination).await?)
        }
        DestinationsCommand::Remove { destination } => {
            store()?.destinations().remove(&destination, None).await?;
            screen.value(&json!({ "removed": destination }))
        }
    }
}

fn made(made: &NewSecret, screen: &Screen) -> CliResult {
    let mut shown = serde_json::to_value(&made.info).unwrap_or(Value::Null);
    shown["secret"] = made.secret.expose().into();
    screen.note("the secret is shown this once; the receiver verifies signatures with it");
    screen.value(&shown)
}
