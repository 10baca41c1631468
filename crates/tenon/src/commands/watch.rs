//! The command `tenon watch`.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use connector_runtime::{AuthorizedWatches, NewWatch, WatchChange, WatchEvent, WatchMode};
use connector_sdk::Json;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::keys::owner;
use super::until_stopped::until_stopped;
use crate::build_host::{self, Needs};
use crate::connection_arg::ConnectionArg;
use crate::failure::CliResult;
use crate::input::{InputArgs, Sources};
use crate::output::Screen;
use crate::render::{self, HEADING, QUIET, escape};
use crate::time;

/// Make, list, show, change and remove watches: triggers that `tenon serve` polls by itself
///
/// The events are kept for seven days. They are fetched with `tenon watch events` or over HTTP, or sent to destinations
/// (`tenon destinations`).
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct WatchArgs {
    #[command(subcommand)]
    what: Option<WatchCommand>,
}

#[derive(Debug, Subcommand)]
enum WatchCommand {
    /// List the watches (the default)
    List,
    /// Show a watch
    Show {
        /// Its name or id
        watch: String,
    },
    /// Make a watch
    Add {
        /// The trigger, such as outlook.new_email
        trigger: String,
        /// Its name
        #[arg(short, long)]
        name: String,
        #[command(flatten)]
        on: ConnectionArg,
        /// Time between two polls, at least 1s; the default is the input's `intervalMinutes`, or 60s without it
        #[arg(long, value_name = "TIME", value_parser = time::span)]
        interval: Option<Duration>,
        /// Days for which its events are kept at least; usually 7
        #[arg(long, value_name = "DAYS")]
        retention_days: Option<u32>,
        /// Destination that its events are sent to; may be repeated
        #[arg(long, value_name = "DESTINATION")]
        to: Vec<String>,
        /// Have Graph notify of changes, so that events are found within seconds; a service must receive the
        /// notifications
        #[arg(long)]
        real_time: bool,
        #[command(flatten)]
        input: InputArgs,
    },
    /// Change the name, the interval or the whole input of a watch
    Change {
        /// Its name or id
        watch: String,
        /// Its new name
        #[arg(long)]
        name: Option<String>,
        /// Time between two polls
        #[arg(long, value_name = "TIME", value_parser = time::span)]
        interval: Option<Duration>,
        /// Days for which its events are kept at least
        #[arg(long, value_name = "DAYS")]
        retention_days: Option<u32>,
        /// Destination that its events are sent to, in place of those that it has; may be repeated
        #[arg(long, value_name = "DESTINATION")]
        to: Vec<String>,
        /// Whether Graph notifies of changes
        #[arg(long, value_name = "YES|NO")]
        real_time: Option<YesNo>,
        #[command(flatten)]
        input: InputArgs,
    },
    /// Poll the trigger of a watch once, print what it finds, and store nothing
    Try {
        /// Its name or id
        watch: String,
        /// Look back this far, where the trigger can; usually a day
        #[arg(long, value_name = "TIME", value_parser = time::span)]
        back: Option<Duration>,
    },
    /// Pause a watch until somebody resumes it
    Pause {
        /// Its name or id
        watch: String,
        /// Reason, for people
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Resume a watch from where it was
    Resume {
        /// Its name or id
        watch: String,
    },
    /// Let a watch begin anew; its events stay
    Reset {
        /// Its name or id
        watch: String,
        /// Begin this far back, where the trigger can; usually now
        #[arg(long, value_name = "TIME", value_parser = time::span)]
        back: Option<Duration>,
    },
    /// Remove a watch with its events
    Remove {
        /// Its name or id
        watch: String,
    },
    /// Print the events of a watch, one to a line on a pipe
    Events {
        /// Its name or id
        watch: String,
        /// Only events after this position
        #[arg(long, value_name = "POSITION", default_value_t = 0)]
        after: u64,
        /// Wait for further events until the program is stopped
        #[arg(short, long)]
        follow: bool,
        /// Print the events that this consumer has not acknowledged, and acknowledge each once it is printed
        #[arg(long, value_name = "NAME", conflicts_with = "after")]
        consumer: Option<String>,
        /// Maximum number of events; end after it
        #[arg(short, long, value_name = "N")]
        max: Option<u64>,
    },
}

/// Number of events that are read at once.
const PAGE: usize = 100;
/// Time for which a follower waits for an event at a time.
const WAIT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, ValueEnum)]
enum YesNo {
    Yes,
    No,
}

/// Runs `tenon watch`.
pub(crate) async fn watch(args: WatchArgs, screen: &Screen) -> CliResult {
    match args.what.unwrap_or(WatchCommand::List) {
        WatchCommand::Add { trigger, name, on, interval, retention_days, to, real_time, input } => {
            let host = build_host::host(build_host::needs(&on, true))?;
            let found = host.trigger(&trigger)?;
            let input = input.gather(|| found.input_schema(), &mut Sources::default())?;
            let connection = build_host::connection(&host, &on, &trigger).await?;
            build_host::warn(&host, &connection, screen).await;
            let mut new = NewWatch::new(name, trigger, connection, input.value);
            new.interval_seconds = interval.map(|interval| interval.as_secs());
            (new.retention_days, new.destinations) = (retention_days, to);
            if real_time {
                new = new.real_time();
            }
            let seen = host.authorize(connector_runtime::Principal::owner(), connector_runtime::Interface::CommandLine);
            let made = seen.watches().add(new).await?;
            screen.note("it is polled while `tenon serve` runs on this machine");
            screen.value(&made)
        }
        WatchCommand::Change { watch, name, interval, retention_days, to, real_time, input } => {
            let host = owner()?;
            let watches = host.watches();
            let trigger = watches.show(&watch).await?.watch.trigger;
            let given = input.gather(
                || host.trigger(&trigger).map_or(Value::Null, |found| found.input_schema()),
                &mut Sources::default(),
            )?;
            let mut change = WatchChange::default();
            (change.name, change.interval_seconds) = (name, interval.map(|interval| interval.as_secs()));
            change.retention_days = retention_days;
            change.mode = real_time.map(|real_time| match real_time {
                YesNo::Yes => WatchMode::RealTime,
                YesNo::No => WatchMode::Poll,
            });
            change.destinations = (!to.is_empty()).then_some(to);
            change.input = given.value.as_object().is_some_and(|input| !input.is_empty()).then_some(given.value);
            screen.value(&watches.change(&watch, change, None).await?)
        }
        WatchCommand::Try { watch, back } => {
            let host = build_host::host(Needs::Network)?;
            let seen = host.authorize(connector_runtime::Principal::owner(), connector_runtime::Interface::CommandLine);
            let tried = seen.watches().try_out(&watch, before(back)).await?;
            for gap in &tried.gaps {
                screen.note(&format!("warning: {gap}"));
            }
            let items: Vec<_> =
                tried.events.iter().map(|event| json!({ "id": event.id, "data": event.data })).collect();
            screen.value(&json!({ "items": items }))
        }
        rest => stored(rest, &owner()?.watches(), screen).await,
    }
}

async fn stored(what: WatchCommand, watches: &AuthorizedWatches<'_>, screen: &Screen) -> CliResult {
    match what {
        WatchCommand::Show { watch } => screen.value(&watches.show(&watch).await?),
        WatchCommand::Pause { watch, reason } => screen.value(&watches.pause(&watch, &reason, None).await?),
        WatchCommand::Resume { watch } => screen.value(&watches.resume(&watch, None).await?),
        WatchCommand::Reset { watch, back } => {
            watches.reset(&watch, before(back)).await?;
            screen.value(&json!({ "reset": watch }))
        }
        WatchCommand::Remove { watch } => {
            watches.remove(&watch, None).await?;
            screen.value(&json!({ "removed": watch }))
        }
        WatchCommand::Events { watch, after, follow, consumer, max } => {
            let asked = Asked { watch, after, follow, consumer, max };
            until_stopped(events(asked, watches, screen)).await
        }
        _ => screen.value(&json!({ "items": watches.list().await? })),
    }
}

struct Asked {
    watch: String,
    after: u64,
    follow: bool,
    consumer: Option<String>,
    max: Option<u64>,
}

async fn events(asked: Asked, watches: &AuthorizedWatches<'_>, screen: &Screen) -> CliResult {
    let Asked { watch, mut after, follow, consumer, max } = asked;
    let wait = if follow { WAIT } else { Duration::ZERO };
    let mut printed = 0;
    loop {
        let found = match &consumer {
            Some(consumer) => watches.events_for(&watch, consumer, PAGE, wait).await?,
            None => watches.events(&watch, after, PAGE, wait).await?,
        };
        if found.is_empty() && !follow {
            return Ok(());
        }
        for event in found {
            if max.is_some_and(|max| printed >= max) {
                return Ok(());
            }
            print(&event, screen)?;
            printed += 1;
            after = event.sequence;
            if let Some(consumer) = &consumer {
                watches.acknowledge(&watch, consumer, event.sequence).await?;
            }
        }
    }
}

fn print(event: &WatchEvent, screen: &Screen) -> CliResult {
    if !screen.is_readable() {
        return screen.json_line(&Json::of(event)?);
    }
    let what = match (&event.data, &event.gap) {
        (Some(data), _) => render::readable(&data.read::<Value>()?, screen.width()),
        (None, Some(gap)) => format!("{gap}"),
        (None, None) => String::new(),
    };
    screen.text(&format!(
        "{HEADING}{}{HEADING:#} {QUIET}{}{QUIET:#}\n{what}\n",
        event.sequence,
        escape::line(&event.id)
    ))
}

fn before(back: Option<Duration>) -> Option<Timestamp> {
    back.and_then(|back| Timestamp::now().checked_sub(back).ok())
}
