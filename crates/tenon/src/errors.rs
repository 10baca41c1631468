//! Messages and exit codes of failures.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use connector_sdk::{Code, Error, Retry};
use serde::Serialize;
use serde_json::{Value, json};

use crate::advice;
use crate::failure::Failure;
use crate::output::Screen;
use crate::render::escape::{continued, line, width};

/// Exit code for bad usage of the command line, the same as clap's.
pub(crate) const USAGE: u8 = 2;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const STRONG: Style = Style::new().bold();

/// Prints a failure, and returns the exit code.
pub(crate) fn report(failure: &Failure, screen: &Screen) -> u8 {
    match failure {
        Failure::Error(error) => {
            let error = &advice::with_commands(error.clone());
            screen.print_error(&Wrapped::new(error), readable(error).trim_end());
            error.code().exit_code()
        }
        Failure::Closed => 0,
        Failure::Output(error) => {
            let error = Error::new(Code::Output, format!("the output could not be written: {error}"));
            screen.print_error(&Wrapped::new(&error), readable(&error).trim_end());
            error.code().exit_code()
        }
        Failure::NoneDone(code) => {
            let message = "none of the items was carried out; the output says why each failed";
            screen.print_error(
                &json!({ "error": { "code": code.name(), "message": message, "hint": advice::of_code(*code) } }),
                &format!("{ERROR}error:{ERROR:#} {message} {STRONG}[{}]{STRONG:#}", code.name()),
            );
            code.exit_code()
        }
        Failure::Stopped(stop) => stop.exit_code(),
    }
}

/// Returns the JSON form of bad usage; clap prints the other one.
pub(crate) fn usage(error: &clap::Error) -> Value {
    json!({ "error": { "code": "usage", "message": error.to_string().trim_end(), "hint": "Run `tenon help` for the commands and options." } })
}

#[derive(Serialize)]
struct Wrapped<'a> {
    error: &'a Error,
}

impl<'a> Wrapped<'a> {
    fn new(error: &'a Error) -> Wrapped<'a> {
        Wrapped { error }
    }
}

fn readable(error: &Error) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, error);
    out
}

fn write(out: &mut String, error: &Error) -> std::fmt::Result {
    let code = error.code();
    let id = error.upstream().and_then(|said| said.request_id.as_deref());
    // The request id has a line of its own.
    let sentence = format!("{error:#}");
    let sentence = id.and_then(|id| sentence.strip_suffix(&format!(" (request-id {id})"))).unwrap_or(&sentence);
    writeln!(out, "{ERROR}error:{ERROR:#} {} {STRONG}[{}]{STRONG:#}", continued(sentence), code.name())?;
    // A single violation is in the sentence already.
    if let issues @ [_, _, ..] = error.violations() {
        let pointers: Vec<_> = issues
            .iter()
            .map(|issue| line(if issue.pointer.is_empty() { "(input)" } else { &issue.pointer }))
            .collect();
        let longest = pointers.iter().map(|pointer| width(pointer)).max().unwrap_or(0).min(40);
        for (pointer, issue) in pointers.iter().zip(issues) {
            let space = " ".repeat(longest.saturating_sub(width(pointer)));
            writeln!(out, "  {STRONG}{pointer}{STRONG:#}{space}  {}", line(&issue.message))?;
        }
    }
    if let Some(id) = id {
        writeln!(out, "request-id: {}", line(id))?;
    }
    if let Retry::After(after) = error.retryability() {
        writeln!(out, "try again: in {:.0} s or later", after.as_secs_f64().ceil())?;
    }
    writeln!(out, "what to do: {}", continued(error.advice()))
}

/// Returns every exit code of the program: number, name, meaning, and advice.
pub(crate) fn exit_codes() -> Vec<ExitCode> {
    let row = |exit_code, name, meaning, advice| ExitCode { exit_code, name, meaning, advice };
    let mut all = vec![
        row(0, "success", "It is done. Also when whoever read a list went away.", ""),
        row(USAGE, "usage", "The command line could not be read. Nothing was sent.", "Run `tenon help COMMAND`."),
    ];
    all.extend(Code::ALL.iter().map(|code| row(code.exit_code(), code.name(), meaning(*code), advice::of_code(*code))));
    all.extend([
        row(129, "hangup", "SIGHUP: the terminal went away.", "As with 130."),
        row(
            130,
            "interrupted",
            "Ctrl-C (SIGINT).",
            "What had been sent may have been carried out. The store is whole.",
        ),
        row(143, "terminated", "SIGTERM.", "As with 130."),
    ]);
    all
}

/// An exit code of the program.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExitCode {
    /// Number of the exit code.
    pub(crate) exit_code: u8,
    /// Name, as in an error's `code`.
    pub(crate) name: &'static str,
    /// Meaning of the exit code.
    pub(crate) meaning: &'static str,
    /// Advice on what to do.
    pub(crate) advice: &'static str,
}

fn meaning(code: Code) -> &'static str {
    match code {
        Code::InvalidInput => "The input breaks the declared schema or a rule of the action. Nothing was sent.",
        Code::UnknownAction => {
            "No connector, action, trigger, picklist or dynamic schema has that name. Nothing was sent."
        }
        Code::UnknownConnection => "There is no connection of that name, or none was named. Nothing was sent.",
        Code::NotConnected => "The connection must be signed in again.",
        Code::MissingScope => "The connection lacks a permission that the request needs. Nothing was sent.",
        Code::Incomplete => {
            "A part was carried out, which the error lists, and the rest was not; or none of many items was done, for several reasons."
        }
        Code::Forbidden => "Graph or the sign-in service refused the signed-in user or app.",
        Code::Denied => "The rules of the host do not let the caller do it. Nothing was sent.",
        Code::NotConfirmed => "The rules of the host ask for a preview or an approval first. Nothing was sent.",
        Code::NotFound => "Graph does not know the object.",
        Code::Conflict => {
            "The object exists already or changed in the meantime; or another listener of this name is alive."
        }
        Code::Rejected => "Graph or the sign-in service understood the request and refused it.",
        Code::Throttled => "Graph or the sign-in service asked to slow down, longer than the command could wait.",
        Code::Unavailable => {
            "Graph, the sign-in service, the network or the store is not answering; or it cannot be used until somebody mends it, such as a damaged store or a certificate that is not trusted (`retryable` is false then)."
        }
        Code::OutcomeUnknown => "The request left, the answer was lost, and it must not be sent twice.",
        Code::Protocol => "Graph or the sign-in service broke the protocol.",
        Code::Bug => "A defect of this software.",
        Code::Output => "The result could not be written to standard output or to a file, such as on a full disk.",
        // A code that is newer than this table still has its name and its advice.
        _ => "See the error's message.",
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::{Issue, Response};

    use super::*;

    fn shown(error: &Error) -> String {
        anstream::adapter::strip_str(&readable(error)).to_string()
    }

    #[test]
    fn every_violation_stands_below_with_its_place() {
        let error = Error::issues(vec![Issue::new("/to/0", "must be an email address"), Issue::new("", "is odd")]);
        assert_eq!(
            shown(&error),
            "error: the input is not valid in 2 places [invalid_input]\n  /to/0    must be an email address\n  (input)  is odd\n\
             what to do: Correct the listed properties and try again; nothing was sent.\n"
        );
    }

    #[test]
    fn what_graph_said_is_harmless_and_has_its_request_id() {
        let body = "{\"error\":{\"code\":\"X\",\"message\":\"a\\u001b[2Jb\",\"innerError\":{\"request-id\":\"r1\"}}}";
        let shown = shown(&Error::from_response(&Response::new(404, body)));
        assert_eq!(
            shown,
            "error: Graph answered 404: X: a [2Jb [not_found]\nrequest-id: r1\nwhat to do: Check the id and the mailbox, group or drive that it belongs to.\n"
        );
    }

    #[test]
    fn exit_codes_are_distinct_and_documented() {
        let documented = include_str!("../../../docs/exit-codes.md");
        let all = exit_codes();
        for (i, code) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|other| other.exit_code != code.exit_code), "{code:?}");
            let row = format!("| {} | `{}` | {} | {} |", code.exit_code, code.name, code.meaning, code.advice);
            assert!(documented.contains(&row), "docs/exit-codes.md lacks the row\n{row}");
        }
        assert!(Code::ALL.iter().all(|code| meaning(*code) != "See the error's message."));
    }
}
