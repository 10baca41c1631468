//! The one error type.
//!
//! An error is described by what the caller can do about it, not by the mechanism that failed.
//! Every interface (library, command line, HTTP, MCP) renders the same table.

mod print;

use std::error::Error as StdError;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cause::Cause;
use crate::change;
use crate::{Change, Code, Upstream};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether and when the same call may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// Closed: the same call never works again, or it may work at any time, or from a time on.
pub enum Retry {
    /// The same call will fail again.
    Never,
    /// The same call may work later.
    Later,
    /// The same call may work after this time, but not before.
    After(Duration),
}

/// One violation of the input's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Issue {
    /// Where, as a JSON Pointer (RFC 6901) into the input; empty for the whole input.
    pub pointer: String,
    /// What is wrong and what would be right. Never quotes a secret.
    pub message: String,
}

impl Issue {
    /// Creates an issue at the JSON Pointer `pointer`.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Issue {
        Issue { pointer: pointer.into(), message: message.into() }
    }
}

/// Maximum length of a text of an error, in characters. Others write it, and it is kept, logged and printed.
const LONGEST: usize = 2_000;
/// Maximum number of nested error codes that are kept.
const MOST_INNER_CODES: usize = 20;

fn cut(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(at);
        text.push('…');
    }
    text
}

/// An error: a [`Code`], a sentence, advice, and what the other side said.
///
/// It is one pointer wide, so that results stay small.
///
/// ```
/// use connector_sdk::{Code, Error, Retry};
///
/// let error = Error::invalid("/limit", "must be at least 1");
/// assert_eq!(error.code(), Code::InvalidInput);
/// assert_eq!(error.violations()[0].pointer, "/limit");
/// assert_eq!(error.retryability(), Retry::Never);
/// ```
#[derive(Clone)]
pub struct Error(Box<Details>);

#[derive(Debug, Clone)]
struct Details {
    code: Code,
    message: String,
    retry: Retry,
    hint: Option<String>,
    reason: Option<&'static str>,
    issues: Vec<Issue>,
    upstream: Option<Upstream>,
    context: Vec<String>,
    carried_out: Vec<Change>,
    more_carried_out: usize,
    // Whether the failed step by itself can help later.
    step_retry: Option<Retry>,
    // What Graph had accepted before, it has not done after all.
    undone: bool,
    cause: Option<Cause>,
}

impl Error {
    /// Creates an error with a message for people: a sentence that says what happened.
    pub fn new(code: Code, message: impl Into<String>) -> Error {
        let retry = match code {
            Code::Throttled | Code::Unavailable => Retry::Later,
            _ => Retry::Never,
        };
        Error(Box::new(Details {
            code,
            message: cut(message.into()),
            retry,
            hint: None,
            reason: None,
            issues: Vec::new(),
            upstream: None,
            context: Vec::new(),
            carried_out: Vec::new(),
            more_carried_out: 0,
            step_retry: None,
            undone: false,
            cause: None,
        }))
    }

    /// Creates an `invalid_input` error with one violation. `pointer` is a JSON Pointer.
    pub fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Error {
        Error::issues(vec![Issue::new(pointer, message)])
    }

    /// Creates an `invalid_input` error with all violations.
    pub fn issues(issues: Vec<Issue>) -> Error {
        let message = match issues.as_slice() {
            [one] if one.pointer.is_empty() => format!("the input is not valid: {}", one.message),
            [one] => format!("the input is not valid at {}: {}", one.pointer, one.message),
            many => format!("the input is not valid in {} places", many.len()),
        };
        let mut error = Error::new(Code::InvalidInput, message);
        error.0.issues = issues;
        error
    }

    /// Creates an error that reports a defect of this software.
    pub fn bug(message: impl Into<String>) -> Error {
        Error::new(Code::Bug, message)
    }

    /// Creates the error of a host that meets something it does not know, such as `a step of the plan`: the connector
    /// was built with a later version of this crate. For the last arm of a match on an enum that may grow.
    pub fn unsupported(what: &str) -> Error {
        Error::bug(format!("this host is older than the connector: it does not know {what}"))
            .with_hint("Build the host with the connector's version of `connector-sdk`.")
    }

    /// Creates an error for a violation of the protocol by the other side.
    pub fn protocol(message: impl Into<String>) -> Error {
        Error::new(Code::Protocol, message)
    }

    /// Sets the advice: what to do about the error.
    ///
    /// ```
    /// use connector_sdk::{Code, Error};
    ///
    /// let error = Error::new(Code::Conflict, "the folder exists already");
    /// assert_eq!(error.advice(), Code::Conflict.advice());
    /// assert_eq!(error.with_hint("Choose another name.").advice(), "Choose another name.");
    /// ```
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Error {
        self.0.hint = Some(hint.into());
        self
    }

    /// Sets the reason: a stable name that tells apart errors of one code, such as `expired`. Interfaces print it.
    ///
    /// ```
    /// use connector_sdk::{Code, Error};
    ///
    /// let error = Error::new(Code::NotConfirmed, "the confirmation has expired").with_reason("expired");
    /// assert_eq!(error.reason(), Some("expired"));
    /// assert_eq!(serde_json::to_value(&error).unwrap()["reason"], "expired");
    /// ```
    #[must_use]
    pub fn with_reason(mut self, reason: &'static str) -> Error {
        self.0.reason = Some(reason);
        self
    }

    /// Sets the violations, for an error about several places of an input that is not `invalid_input`.
    ///
    /// ```
    /// use connector_sdk::{Code, Error, Issue};
    ///
    /// let denied = Error::new(Code::Denied, "this setting is not yours to choose");
    /// let denied = denied.with_issues(vec![Issue::new("/tokenUrl", "is chosen by an administrator")]);
    /// assert_eq!(denied.violations()[0].pointer, "/tokenUrl");
    /// ```
    #[must_use]
    pub fn with_issues(mut self, issues: Vec<Issue>) -> Error {
        self.0.issues = issues;
        self
    }

    /// Sets whether and when the same call may work.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Error {
        self.0.retry = retry;
        self
    }

    /// Adds what the other side said.
    #[must_use]
    pub fn with_upstream(mut self, mut upstream: Upstream) -> Error {
        let Upstream { status: _, code, inner_codes, message, target, details, request_id, client_request_id } =
            &mut upstream;
        for text in [code, message, target, request_id, client_request_id] {
            *text = text.take().map(cut);
        }
        details.truncate(MOST_INNER_CODES);
        for text in details.iter_mut().flat_map(|detail| [&mut detail.code, &mut detail.target, &mut detail.message]) {
            *text = text.take().map(cut);
        }
        inner_codes.truncate(MOST_INNER_CODES);
        inner_codes.iter_mut().for_each(|code| *code = cut(std::mem::take(code)));
        self.0.upstream = Some(upstream);
        self
    }

    /// Prefixes the pointers of all violations with `pointer`, for callers that know where a value came from.
    #[must_use]
    pub fn at(mut self, pointer: &str) -> Error {
        self.0.issues.iter_mut().for_each(|issue| issue.pointer.insert_str(0, pointer));
        self
    }

    /// Adds a context, outermost last: `while listing messages`.
    #[must_use]
    pub fn context(mut self, what: impl Into<String>) -> Error {
        self.0.context.push(what.into());
        self
    }

    /// Sets the [`source`](StdError::source): the error that caused this one.
    ///
    /// Interfaces print its text after the sentence, so it must contain no secret, no URL and nothing of a body.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        self.0.cause = Some(Cause::new(cause.into()));
        self
    }

    /// Replaces the code, where the caller knows better what the error means.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Error {
        self.0.code = code;
        self
    }

    /// Marks the last accepted change as not carried out after all: an operation that ended as failed.
    #[must_use]
    pub fn undone(mut self) -> Error {
        self.0.undone = true;
        self
    }

    pub(crate) fn is_undone(&self) -> bool {
        self.0.undone
    }

    /// Returns whether everything that had been accepted was not carried out after all, so that nothing has changed:
    /// see [`Error::undone`].
    pub fn changed_nothing(&self) -> bool {
        self.0.undone && self.0.carried_out.is_empty() && self.0.more_carried_out == 0
    }

    /// Adds the changes that were carried out before. Where these must not be repeated, the error becomes
    /// [`Code::Incomplete`] and is not retryable, whatever the failed step's own code says.
    pub(crate) fn after(mut self, changes: Vec<Change>, more: usize, is_non_idempotent: bool) -> Error {
        self.0.carried_out = changes;
        self.0.more_carried_out = more;
        if is_non_idempotent {
            self.0.step_retry.get_or_insert(self.0.retry);
            self.0.retry = Retry::Never;
            if !matches!(self.0.code, Code::OutcomeUnknown | Code::Bug) {
                self.0.code = Code::Incomplete;
                self.0.hint = None;
            }
        }
        self
    }

    /// Marks the run as resumable, because it had an idempotency key: the error becomes as retryable as the step that
    /// failed.
    #[must_use]
    pub fn resumable(mut self) -> Error {
        if let Some(retry) = self.0.step_retry {
            self.0.retry = retry;
            if self.0.code == Code::Incomplete {
                let hint =
                    "Run it again with the same idempotency key: it continues where it broke off and repeats nothing.";
                self.0.hint = Some(hint.to_owned());
            }
        }
        self
    }

    /// Adds the changes that an earlier run of the same work had carried out.
    #[must_use]
    pub fn with_carried_out(mut self, changes: Vec<Change>) -> Error {
        if changes.is_empty() {
            return self;
        }
        let mut all = std::mem::take(&mut self.0.carried_out);
        all.extend(changes);
        let more = self.0.more_carried_out + all.len().saturating_sub(change::LISTED);
        all.truncate(change::LISTED);
        self.after(all, more, true)
    }

    /// Returns the changes that were or may have been carried out before the error: at most 20.
    pub fn carried_out(&self) -> &[Change] {
        &self.0.carried_out
    }

    /// Returns the error code.
    pub fn code(&self) -> Code {
        self.0.code
    }
    /// Returns the reason: a stable name that tells apart errors of one code, where there are several.
    pub fn reason(&self) -> Option<&'static str> {
        self.0.reason
    }
    /// Returns the sentence for people, without the advice.
    pub fn message(&self) -> &str {
        &self.0.message
    }
    /// Returns the advice: what to do about the error.
    pub fn advice(&self) -> &str {
        self.0.hint.as_deref().unwrap_or(self.0.code.advice())
    }
    /// Returns whether and when the same call may succeed.
    pub fn retryability(&self) -> Retry {
        self.0.retry
    }
    /// Returns the violations: those of an [`Code::InvalidInput`], or what [`Error::with_issues`] has set.
    pub fn violations(&self) -> &[Issue] {
        &self.0.issues
    }
    /// Returns what Graph or the sign-in service said.
    pub fn upstream(&self) -> Option<&Upstream> {
        self.0.upstream.as_ref()
    }
    /// Returns the HTTP status of the response that this error came from.
    pub fn status(&self) -> Option<u16> {
        self.0.upstream.as_ref().map(|upstream| upstream.status)
    }

    /// Returns whether Graph named this error code, at any depth or in its details. Codes are compared without case, as
    /// Graph asks.
    pub fn has_upstream_code(&self, code: &str) -> bool {
        self.0.upstream.as_ref().is_some_and(|said| said.codes().any(|c| c.eq_ignore_ascii_case(code)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Response;

    #[test]
    fn codes_are_distinct_in_every_door() {
        for (i, a) in Code::ALL.iter().enumerate() {
            assert_eq!(serde_json::to_value(a).unwrap(), a.name());
            for b in &Code::ALL[i + 1..] {
                assert_ne!(a.name(), b.name());
                assert_ne!(a.exit_code(), b.exit_code());
            }
        }
        assert_eq!(Code::InvalidInput.exit_code(), 10);
    }

    #[test]
    fn what_others_write_is_cut() {
        let (long, inner) = ("é".repeat(1 << 20), r#"{"code":"x","innerError":"#.repeat(100));
        let body = format!(
            r#"{{"error":{{"code":"{long}","message":"{long}","innerError":{inner}{{}}{}}}}}"#,
            "}".repeat(100)
        );
        let error = Error::from_response(&Response::new(404, body));
        let letters = |text: &str| text.chars().count();
        assert!(letters(error.message()) <= LONGEST + 1, "{}", letters(error.message()));
        let said = error.upstream().unwrap();
        let longest = [&said.code, &said.message].map(|text| letters(text.as_deref().unwrap_or_default()));
        assert!(longest.iter().all(|letters| *letters <= LONGEST + 1), "{longest:?}");
        assert!(said.inner_codes.len() <= MOST_INNER_CODES);
        assert_eq!(letters(Error::new(Code::Rejected, "é".repeat(1 << 20)).message()), LONGEST + 1);
    }
}
