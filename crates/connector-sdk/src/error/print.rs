//! How errors are printed: as text, and as JSON.

use std::error::Error as StdError;
use std::fmt;

use serde::Serialize;

use super::{Error, Issue, Retry};
use crate::cause::{Cause, told};
use crate::{Actor, Change, Code, Upstream, change};

/// Formats the error on one line: the sentence, the context, the request id. With `{:#}`, also the causes.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.message)?;
        for what in &self.0.context {
            write!(f, " {what}")?;
        }
        change::write(&self.0.carried_out, self.0.more_carried_out, f)?;
        if f.alternate() {
            f.write_str(&told(self.source(), &self.0.message))?;
        }
        if let Some(id) = self.0.upstream.as_ref().and_then(|said| said.request_id.as_ref()) {
            write!(f, " (request-id {id})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_ref().map(Cause::get)
    }
}

/// Serializes the error as every interface prints it.
impl Serialize for Error {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Shape<'a> {
            code: Code,
            #[serde(skip_serializing_if = "Option::is_none")]
            reason: Option<&'static str>,
            message: String,
            hint: &'a str,
            who_acts: Actor,
            retryable: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            retry_after_seconds: Option<f64>,
            #[serde(skip_serializing_if = "<[Issue]>::is_empty")]
            issues: &'a [Issue],
            #[serde(skip_serializing_if = "<[Change]>::is_empty")]
            carried_out: &'a [Change],
            #[serde(skip_serializing_if = "Option::is_none")]
            upstream: Option<&'a Upstream>,
        }
        let mut message = self.0.context.iter().fold(self.0.message.clone(), |all, what| all + " " + what);
        message += &told(self.source(), &self.0.message);
        // Writing to a string does not fail.
        let _ = change::write(&self.0.carried_out, self.0.more_carried_out, &mut message);
        Shape {
            code: self.0.code,
            reason: self.0.reason,
            message,
            hint: self.advice(),
            who_acts: self.0.code.actor(),
            retryable: self.0.retry != Retry::Never,
            retry_after_seconds: match self.0.retry {
                Retry::After(after) => Some(after.as_secs_f64()),
                _ => None,
            },
            issues: &self.0.issues,
            carried_out: &self.0.carried_out,
            upstream: self.0.upstream.as_ref(),
        }
        .serialize(serializer)
    }
}
