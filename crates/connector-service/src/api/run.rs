//! Runs, previews and validations.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use connector_runtime::{AuthorizedHost, Code, Confirmation, Effect, Error, Outcome, Retry, Run};
use futures_util::StreamExt;
use http::{HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;
use tracing::Instrument;

use super::attached::{self, Attached, WithFiles};
use crate::answer::{self, Emitted, Message, Reported};
use crate::call::Call;
use crate::problem::Problem;
use crate::route::{Answer, Gives};
use crate::running::{Kind, Slot};

/// Header with the idempotency key.
const KEY: &str = "idempotency-key";
/// Header with the confirmation of a preview.
const CONFIRM: &str = "tenon-confirm";
/// Header of an answer that is the outcome of an earlier run.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Header of an answer whose run did nothing of what it was asked to: the common code.
const FAILED: HeaderName = HeaderName::from_static("tenon-failed");

/// What a call asks to be run.
struct Asked {
    host: AuthorizedHost,
    run: Run,
    confirm: Option<Confirmation>,
    /// Whether it goes on when the caller has gone: what changes something is finished.
    goes_on: bool,
    slot: Slot,
    /// Files that came with the call, for as long as it runs.
    attached: Attached,
}

/// Runs an action.
pub(crate) async fn run(mut call: Call) -> Answer {
    let form = call.form()?;
    let id = call.id;
    let asked = asked(&mut call, form).await?;
    match form {
        Gives::JsonLines => Ok(answer::lines(begun(asked).await?, id)),
        Gives::Events => Ok(answer::events(begun(asked).await?, id)),
        Gives::Json | Gives::Bytes | Gives::Html => whole(asked).await,
    }
}

/// Previews an action.
pub(crate) async fn preview(mut call: Call) -> Answer {
    let asked = asked(&mut call, Gives::Json).await?;
    Ok(answer::json(&asked.host.preview(asked.run).await?)?)
}

/// That an input is valid.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Validated {
    /// Always `true`: what is not valid is an error.
    #[schemars(extend("const" = true))]
    valid: bool,
}

/// Validates an input.
pub(crate) async fn validate(mut call: Call) -> Answer {
    let input = call.json().await?;
    call.host.validate(call.param("id"), &input)?;
    Ok(answer::json(&Validated { valid: true })?)
}

async fn asked(call: &mut Call, form: Gives) -> Result<Asked, Problem> {
    let kind = if form == Gives::Events { Kind::Stream } else { Kind::Run };
    let most = if kind == Kind::Stream { call.limits.streams } else { call.limits.runs };
    let slot = call.running.take(&call.host.principal().id, kind, most)?;
    // A name that does not exist is told before a body is read.
    let action = call.param("id").to_owned();
    call.host.action(&action)?;
    let confirm = call.header(CONFIRM)?.map(Confirmation::new);
    let key = call.header(KEY)?.map(str::to_owned);
    let deadline = call.query.span("deadline")?;
    let WithFiles { input, attached } = attached::read(call).await?;
    let effect = call.host.action(&action)?.effect(&input);
    let files = call.host.files().for_run(&input, &attached.names()).await?;
    let mut run = Run::new(action, call.query.get("connection").unwrap_or_default(), input);
    run.deadline = deadline.or((form == Gives::Json).then_some(call.limits.deadline));
    run.files = files;
    run.key = key.map(|key| unquoted(&key));
    Ok(Asked { host: call.host.clone(), run, confirm, goes_on: effect != Effect::Read, slot, attached })
}

// The IETF draft makes it a string of structured fields, in quotes; most clients send it bare.
fn unquoted(key: &str) -> String {
    key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key).to_owned()
}

async fn whole(asked: Asked) -> Answer {
    let Asked { host, run, confirm, goes_on, slot, attached } = asked;
    let (again, seen, running) = (run.clone(), host.clone(), slot.running().clone());
    let work = async move {
        let outcome = host.execute(run, confirm.as_ref()).await;
        drop(slot);
        (outcome, confirm, attached)
    };
    let done = async move {
        if !goes_on {
            return Ok(work.await);
        }
        // In a task of its own it goes on when the caller hangs up.
        tokio::spawn(work.in_current_span())
            .await
            .map_err(|error| Error::bug("a run ended without its outcome").caused_by(error))
    };
    // The files are there until the answer is.
    let (outcome, confirm, _attached) = tokio::select! {
        biased;
        done = done => done?,
        () = running.cut() => return Err(cut_off(goes_on).into()),
    };
    match outcome {
        Ok(outcome) => Ok(printed(outcome)),
        Err(error) => Err(explained(error, &seen, again, confirm.as_ref()).await),
    }
}

fn printed(outcome: Outcome) -> Response {
    let mut response = answer::json_text(outcome.output.bytes().clone());
    set_marks(&mut response, outcome.repeated, outcome.failed);
    response
}

fn set_marks(response: &mut Response, repeated: bool, failed: Option<Code>) {
    if repeated {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    if let Some(code) = failed {
        response.headers_mut().insert(FAILED, HeaderValue::from_static(code.name()));
    }
}

/// Adds to a refusal what the caller needs to go on: the preview and its confirmation, or the approval that is waited
/// for.
async fn explained(error: Error, host: &AuthorizedHost, run: Run, confirm: Option<&Confirmation>) -> Problem {
    let (code, reason) = (error.code(), error.reason());
    let problem = Problem::from(error);
    if code != Code::NotConfirmed {
        return problem;
    }
    if reason == Some("approval_waiting") {
        let Some(confirm) = confirm else { return problem };
        return match host.approvals().of(confirm).await {
            Ok(Some(approval)) => problem.with("approval", serde_json::to_value(&approval).unwrap_or_default()),
            _ => problem,
        };
    }
    match host.preview(run).await {
        Ok(previewed) => match serde_json::to_value(&previewed) {
            Ok(Value::Object(members)) => members.into_iter().fold(problem, |problem, (name, value)| {
                if matches!(&*name, "preview" | "confirm" | "rule" | "effect") {
                    problem.with(&name, value)
                } else {
                    problem
                }
            }),
            _ => problem,
        },
        // What is wrong with the run is said when it is previewed.
        Err(_) => problem,
    }
}

/// Begins a run whose items go into a stream. What fails before anything has come is an answer of its own.
async fn begun(asked: Asked) -> Result<impl futures_core::Stream<Item = Message> + Send + use<>, Problem> {
    let Asked { host, mut run, confirm, goes_on, slot, attached } = asked;
    let (again, seen, confirmation) = (run.clone(), host.clone(), confirm.clone());
    let (sender, mut messages) = mpsc::channel(2);
    run.progress = Arc::new(Reported(sender.clone()));
    let running = async move {
        let mut items = Emitted { to: sender.clone(), goes_on };
        let running = slot.running().clone();
        let mut work = std::pin::pin!(host.execute_into(run, confirm.as_ref(), &mut items));
        let end = tokio::select! {
            biased;
            end = &mut work => Some(end),
            // A read ends with its reader.
            () = sender.closed(), if !goes_on => return,
            () = running.cut() => None,
        };
        let is_cut = end.is_none();
        let end = end.unwrap_or_else(|| Err(cut_off(goes_on)));
        // Nobody listens any more when this fails.
        let _ = sender.send(Message::End(Box::new(end))).await;
        if is_cut && goes_on {
            // As far as it comes until the process ends.
            let _ = work.await;
        }
        drop((slot, attached));
    };
    tokio::spawn(running.in_current_span());
    let first = messages.recv().await;
    let first = match first {
        Some(Message::End(end)) => match *end {
            Err(error) => return Err(explained(error, &seen, again, confirmation.as_ref()).await),
            end => Some(Message::End(Box::new(end))),
        },
        first => first,
    };
    let begins = (!matches!(first, Some(Message::End(_)))).then_some(messages);
    let rest = futures_util::stream::unfold(begins, |messages| async move {
        let mut messages = messages?;
        let message = messages.recv().await?;
        let goes_on = (!matches!(message, Message::End(_))).then_some(messages);
        Some((message, goes_on))
    });
    Ok(futures_util::stream::iter(first).chain(rest))
}

/// Creates the error for a run that the end of the service does not wait for any longer.
fn cut_off(goes_on: bool) -> Error {
    if goes_on {
        return Error::new(Code::OutcomeUnknown, "the service ended before the run did").with_reason("ending").with_hint(
            "With an idempotency key, call again with the same key: the run goes on where it broke off. Without one, check before you repeat it.",
        );
    }
    Error::new(Code::Unavailable, "the service ended before the run did")
        .with_reason("ending")
        .retry(Retry::After(Duration::from_secs(1)))
        .with_hint("Call again; nothing was changed.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_stand_in_quotes() {
        assert_eq!(unquoted("\"8e03978e\""), "8e03978e");
        assert_eq!(unquoted("8e03978e"), "8e03978e");
        assert_eq!(unquoted("\""), "\"");
    }
}
