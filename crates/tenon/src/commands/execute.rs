//! Execution of an action and output of its result; shared by `run`, `preview` and `raw`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clap::Args;
use connector_runtime::{Host, Mode, Outcome, Run};
use connector_sdk::{Code, Effect, Error, Json};
use graph_client::ItemSink;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::until_stopped::until_stopped;
use crate::failure::{CliResult, Failure};
use crate::input::Gathered;
use crate::output::Screen;
use crate::render::{self, escape};
use crate::{build_host, progress, time};

/// How an action is run.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct ExecuteArgs {
    /// Show what would be sent, and send nothing
    #[arg(long)]
    pub(crate) preview: bool,
    /// Idempotency key: an action that changes something runs once for a key, and repeated runs return the first
    /// outcome
    #[arg(short, long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// Maximum time for the whole run, such as 30s or 5m
    #[arg(short, long, value_name = "TIME", value_parser = time::span)]
    pub(crate) deadline: Option<Duration>,
    /// Where a returned file goes: a folder, a path where nothing is yet, or a device or pipe; nothing is overwritten
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    /// Print the items of a list as JSON lines, as they arrive
    #[arg(short, long, conflicts_with = "preview")]
    pub(crate) lines: bool,
}

/// Runs `action` on `connection`.
pub(crate) async fn execute(
    host: &Host,
    action: &str,
    connection: String,
    input: Gathered,
    how: ExecuteArgs,
    screen: &Screen,
) -> CliResult {
    let found = host.action(action)?;
    let spec = found.spec();
    for pointer in &input.exposed {
        screen.note(&format!(
            "{pointer} is a secret and stood on the command line, where other users may see it; @PATH, @- and @env:NAME keep it out"
        ));
    }
    build_host::warn(host, &connection, screen).await;
    let mut files = input.local_files()?;
    if let Some(place) = how.output {
        files = files.store_at(place)?;
    }
    let lists = found.lists(&input.value);
    let run = Run {
        mode: if how.preview { Mode::Preview } else { Mode::Live },
        key: how.key,
        deadline: how.deadline,
        files: Arc::new(files),
        progress: progress::watched(screen),
        ..Run::new(action, connection, input.value)
    };
    let done = if how.lines {
        until_stopped(lines(host, run, lists, screen)).await
    } else {
        until_stopped(whole(host, run, screen)).await
    };
    // Whoever lists may stop reading. What was changed, somebody should have heard of.
    let done = if spec.effect == Effect::Read || how.preview { done } else { done.map_err(Failure::unheard) };
    if let Err(Failure::Stopped(_)) = &done
        && spec.effect != Effect::Read
        && !how.preview
    {
        screen.note("stopped; what had been sent may have been carried out, so check before you repeat it");
    }
    done
}

async fn whole(host: &Host, run: Run, screen: &Screen) -> CliResult {
    let preview = run.mode == Mode::Preview;
    let Outcome { output, repeated, failed } = host.execute(run).await?;
    tell(repeated, screen);
    match preview && screen.is_readable() {
        true => screen.text(&render::preview(&output.read()?))?,
        false => screen.result(&output)?,
    }
    failed.map_or(Ok(()), |code| Err(Failure::NoneDone(code)))
}

async fn lines(host: &Host, mut run: Run, list: bool, screen: &Screen) -> CliResult {
    if screen.is_readable() {
        // A bar between the lines would tear them.
        run.progress = Arc::new(graph_client::NoProgress);
    }
    let mut lines = JsonLines { screen, failed: None };
    let outcome = host.execute_into(run, &mut lines).await;
    if let Some(failure) = lines.failed {
        // What was done before nobody read any more counts more than why nobody did.
        return Err(outcome.err().filter(|error| error.code() == Code::Incomplete).map_or(failure, Failure::Error));
    }
    let Outcome { output, repeated, failed } = outcome?;
    tell(repeated, screen);
    if !list {
        return screen.json_line(&output);
    }
    if repeated {
        // The outcome of an earlier run is whole.
        return lines_of(&output, screen);
    }
    let rest: Value = output.read()?;
    if rest.as_object().is_some_and(|rest| !rest.is_empty()) {
        screen.print_error(&rest, &format!("after the list: {}", escape::json(output.as_str())));
    }
    failed.map_or(Ok(()), |code| Err(Failure::NoneDone(code)))
}

fn lines_of(output: &Json, screen: &Screen) -> CliResult {
    #[derive(Deserialize)]
    struct List {
        #[serde(default)]
        items: Vec<Box<RawValue>>,
    }
    let items: Vec<Json> = output.read::<List>()?.items.iter().map(Json::of).collect::<Result<_, _>>()?;
    screen.json_lines(&items)
}

fn tell(repeated: bool, screen: &Screen) {
    if repeated {
        screen.note("this is the outcome of an earlier run with the same key; nothing was sent");
    }
}

struct JsonLines<'a> {
    screen: &'a Screen,
    failed: Option<Failure>,
}

#[async_trait]
impl ItemSink for JsonLines<'_> {
    async fn emit(&mut self, items: Vec<Json>) -> connector_sdk::Result<()> {
        match self.screen.json_lines(&items) {
            Ok(()) => Ok(()),
            Err(failure) => {
                self.failed = Some(failure);
                Err(Error::new(Code::Unavailable, "the reader of the output has closed it"))
            }
        }
    }
}
