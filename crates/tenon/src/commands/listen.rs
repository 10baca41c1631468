//! The command `tenon listen`.

use std::time::Duration;

use clap::Args;
use connector_runtime::{Delivered, Listen, Listener};
use connector_sdk::Json;
use serde_json::Value;

use crate::build_host;
use crate::connection_arg::ConnectionArg;
use crate::failure::{CliResult, Failure};
use crate::input::{InputArgs, Sources};
use crate::output::Screen;
use crate::render::{self, HEADING, escape};
use crate::{signals, time};

/// Wait for the events of a trigger
#[derive(Debug, Args)]
#[command(after_help = "\
Each event is printed as {\"id\": …, \"data\": …}, one to a line on a pipe, and counts as delivered once it is printed:
what was not printed comes again the next time, with the same id. Where it stopped is kept under the name.
Where Graph no longer knows that place and does not keep all that happened, standard error says so at once, and the
next event has `gaps`: since when, and why.")]
pub(crate) struct ListenArgs {
    /// The trigger, such as outlook.new_email
    trigger: String,
    #[command(flatten)]
    on: ConnectionArg,
    /// Name under which the position is kept; by default it follows from the trigger, the connection and the input
    #[arg(short, long)]
    name: Option<String>,
    /// Time between two polls, at least 1s; the default is the input's `intervalMinutes`, or 60s without it
    #[arg(long, value_name = "TIME", value_parser = time::span)]
    interval: Option<Duration>,
    /// Print the events that are there now and end
    #[arg(long)]
    once: bool,
    /// Maximum number of events; end after it
    #[arg(short, long, value_name = "N")]
    max: Option<u64>,
    #[command(flatten)]
    input: InputArgs,
}

/// Listens until enough events were printed, or the program is stopped.
pub(crate) async fn listen(args: ListenArgs, screen: &Screen) -> CliResult {
    let host = build_host::host(build_host::needs(&args.on, true))?;
    let trigger = host.trigger(&args.trigger)?;
    let input = args.input.gather(|| trigger.input_schema(), &mut Sources::default())?;
    let connection = build_host::connection(&host, &args.on, &args.trigger).await?;
    build_host::warn(&host, &connection, screen).await;
    let listen =
        Listen { trigger: args.trigger, connection, input: input.value, name: args.name, interval: args.interval };
    let mut listener = host.listen(listen).await?;
    let told = screen.clone();
    listener.on_notice(move |notice| told.say(notice, &format!("warning: {notice}")));
    let done = events(&mut listener, args.once, args.max, screen).await;
    // The next listener need not wait until this one's lock runs out; why this one ended matters more.
    let stopped = listener.stop().await;
    done?;
    Ok(stopped?)
}

async fn events(listener: &mut Listener, once: bool, max: Option<u64>, screen: &Screen) -> CliResult {
    let stop = signals::stopped();
    tokio::pin!(stop);
    let mut printed = 0;
    while max.is_none_or(|max| printed < max) {
        let next = async { if once { listener.try_next().await } else { listener.next().await.map(Some) } };
        let event = tokio::select! {
            biased;
            stop = &mut stop => return Err(Failure::Stopped(stop?)),
            event = next => event?,
        };
        let Some(event) = event else { break };
        print(&event, screen)?;
        listener.ack(&event).await?;
        printed += 1;
    }
    Ok(())
}

fn print(event: &Delivered, screen: &Screen) -> CliResult {
    if !screen.is_readable() {
        return screen.json_line(&Json::of(event)?);
    }
    let value: Value = event.data.read()?;
    screen.text(&format!(
        "{HEADING}{}{HEADING:#}\n{}\n",
        escape::line(&event.id),
        render::readable(&value, screen.width())
    ))
}
