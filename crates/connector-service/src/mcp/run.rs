//! The tools that run and preview actions.

use std::sync::Arc;

use connector_runtime::{Code, Confirmation, Effect, Error, Outcome, Previewed, Result, Rule, Run, read_input};
use rmcp::RoleServer;
use rmcp::service::RequestContext;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::agent::Agent;
use super::approval::{self, Round, Step};
use super::cut::{self, Items};
use super::files::{self, Recorded};
use super::progress;
use super::reply::{Failure, Reply, Told};
use super::sign_in::{self, SignIn};
use super::tool::Runs;
use crate::running::Slot;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    action: String,
    connection: Option<String>,
    input: Map<String, Value>,
    confirm: Option<String>,
}

/// A run that is to be made.
struct Prepared {
    run: Run,
    files: Arc<Recorded>,
    effect: Effect,
    is_list: bool,
    slot: Arc<Slot>,
}

/// Runs an action with one of the tools.
pub(super) async fn run(
    agent: &Agent,
    tool: Runs,
    arguments: Value,
    context: &RequestContext<RoleServer>,
    round: Round,
) -> Told {
    let mut asked: Asked = read_input(arguments)?;
    let confirm = asked.confirm.take().map(Confirmation::new);
    let run = made(agent, tool, asked, confirm.as_ref(), context, &round);
    tokio::select! {
        biased;
        told = run => told,
        // What has begun to change something goes on in a task of its own.
        () = context.ct.cancelled() => Err(Error::new(Code::Unavailable, "the client has cancelled the call").into()),
    }
}

async fn made(
    agent: &Agent,
    tool: Runs,
    asked: Asked,
    confirm: Option<&Confirmation>,
    context: &RequestContext<RoleServer>,
    round: &Round,
) -> Told {
    let prepared = prepare(agent, asked).await?;
    check_tool(agent, tool, &prepared).await?;
    let mut told = executed(agent, &prepared, confirm, context).await;
    if let (Err(failure), Some(confirm)) = (&told, confirm)
        && failure.error().reason() == Some("approval_waiting")
    {
        match approval::answer(agent, confirm, context, round).await? {
            Step::Ask(question) => return Ok(Reply::Ask(question)),
            Step::Answered => told = executed(agent, &prepared, Some(confirm), context).await,
            Step::Waiting(approval) => {
                let approval = json!({
                    "id": approval.id, "question": approval.question.text, "until": approval.until,
                    "answeredBy": approval.answered_by,
                });
                told = told.map_err(|failure| failure.with("approval", approval));
            }
        }
    }
    // Nothing was sent, so what is run again is not run twice.
    if let Err(failure) = told {
        if failure.error().code() != Code::NotConnected {
            return Err(explained(agent, failure, prepared.run).await);
        }
        told = match sign_in::ask(agent, &prepared.run.connection, failure, context, round).await? {
            SignIn::Done => executed(agent, &prepared, confirm, context).await,
            SignIn::Ask(question) => Ok(Reply::Ask(question)),
            SignIn::Open(failure) => Err(failure),
        };
    }
    told
}

async fn prepare(agent: &Agent, asked: Asked) -> Result<Prepared> {
    let slot = Arc::new(agent.slot()?);
    let input = Value::Object(asked.input);
    let action = agent.host.action(&asked.action)?;
    let (effect, is_list) = (action.effect(&input), action.lists(&input));
    let files = Arc::new(Recorded::new(agent.host.files().for_run(&input, &[]).await?));
    let mut run = Run::new(asked.action, asked.connection.unwrap_or_default(), input);
    run.deadline = Some(agent.limits.deadline);
    run.files = files.clone();
    Ok(Prepared { run, files, effect, is_list, slot })
}

/// Checks that the effect is one of the tool's: a client that lets the weaker tools run without asking must be right.
async fn check_tool(agent: &Agent, tool: Runs, prepared: &Prepared) -> Result<()> {
    let right = Runs::of(prepared.effect);
    if right <= tool {
        return Ok(());
    }
    // What the caller may not do with any tool, and what is wrong with the input, is told first.
    agent.host.preview(prepared.run.clone()).await?;
    let (action, effect) = (&prepared.run.action, prepared.effect.name());
    Err(Error::invalid("/action", format!("with this input `{action}` has the effect `{effect}`"))
        .with_reason("other_tool")
        .with_hint(format!("Call {} with the same arguments.", right.name())))
}

async fn executed(
    agent: &Agent,
    prepared: &Prepared,
    confirm: Option<&Confirmation>,
    context: &RequestContext<RoleServer>,
) -> Told {
    let (listener, seen) = progress::channel();
    let mut run = prepared.run.clone();
    run.progress = listener;
    let (host, confirm, slot) = (agent.host.clone(), confirm.cloned(), prepared.slot.clone());
    let work = async move {
        let mut items = Items::new(host.clone());
        let outcome = host.execute_into(run, confirm.as_ref(), &mut items).await;
        drop(slot);
        outcome.map(|outcome| (outcome, items))
    };
    let (outcome, items): (Outcome, Items) = if prepared.effect == Effect::Read {
        progress::follow(context, seen, work).await?
    } else {
        let task = tokio::spawn(work);
        let ended = progress::follow(context, seen, task).await;
        ended.map_err(|error| Error::bug("a run ended without its outcome").caused_by(error))??
    };
    // The outcome of an earlier run is whole.
    let mut text = match prepared.is_list && !outcome.repeated {
        true => items.into_text(&outcome.output).await,
        false => cut::whole(&agent.host, &outcome.output).await,
    };
    if outcome.repeated && text.pop() == Some('}') {
        text.push_str(",\"repeated\":\"It was done before with this confirm value; this is the first outcome.\"}");
    }
    let beside = files::beside(&agent.host, &prepared.files.returned()).await;
    Ok(Reply::Done { text, beside, failed: outcome.failed.is_some() })
}

/// Adds what the caller needs to go on, where a confirmation is missing or does not hold.
async fn explained(agent: &Agent, failure: Failure, run: Run) -> Failure {
    let (code, reason) = (failure.error().code(), failure.error().reason());
    if code != Code::NotConfirmed || reason == Some("approval_waiting") {
        return failure;
    }
    match previewed(agent, run).await {
        Ok(Value::Object(members)) => {
            members.into_iter().fold(failure, |failure, (name, value)| failure.with(&name, value))
        }
        // What is wrong with the run is said when it is previewed.
        _ => failure,
    }
}

/// Previews an action.
pub(super) async fn preview(agent: &Agent, arguments: Value) -> Told {
    let asked: Asked = read_input(arguments)?;
    let prepared = prepare(agent, asked).await?;
    Ok(Reply::json(&previewed(agent, prepared.run).await?)?)
}

async fn previewed(agent: &Agent, run: Run) -> Result<Value> {
    let previewed = agent.host.preview(run).await?;
    let next = next(&previewed);
    let mut whole =
        serde_json::to_value(&previewed).map_err(|error| Error::bug("a preview cannot be written").caused_by(error))?;
    whole["next"] = next.into();
    Ok(whole)
}

fn next(previewed: &Previewed) -> String {
    let tool = Runs::of(previewed.effect).name();
    let with_confirm = "with the same arguments and this confirm value, within ten minutes";
    match (previewed.rule, previewed.effect) {
        (Rule::Allow, Effect::Read) => format!("Call {tool} with the same arguments."),
        (Rule::Allow, _) => {
            format!("Call {tool} with the same arguments; with this confirm value it runs once at most.")
        }
        (Rule::AfterApproval, _) => {
            format!("If this is what was asked for, call {tool} {with_confirm}. A person is then asked to approve it.")
        }
        _ => format!("If this is what was asked for, call {tool} {with_confirm}."),
    }
}
