//! Answers of tools.

use connector_runtime::{Error, Result};
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock, InputRequiredResult};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::untrusted::Nonce;

/// What a tool returns where it did not fail.
pub(super) enum Reply {
    /// The result: text, and what stands beside it.
    Done { text: String, beside: Vec<ContentBlock>, failed: bool },
    /// A question to the person in front of the client, which calls again with the answer.
    Ask(InputRequiredResult),
}

impl Reply {
    /// Creates a result that is this value as JSON.
    ///
    /// # Errors
    /// `bug` for what cannot be written.
    pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Result<Reply> {
        let text = serde_json::to_string(value);
        text.map(Reply::text).map_err(|error| Error::bug("a result cannot be written").caused_by(error))
    }

    /// Creates a result that is this text.
    pub(super) fn text(text: String) -> Reply {
        Reply::Done { text, beside: Vec::new(), failed: false }
    }
}

/// Why a tool did not do what it was asked to.
pub(super) struct Failure {
    error: Error,
    members: Map<String, Value>,
}

impl Failure {
    /// Adds a member beside the error: what the caller needs to go on.
    pub(super) fn with(mut self, name: &str, value: Value) -> Failure {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// Returns the error.
    pub(super) fn error(&self) -> &Error {
        &self.error
    }

    // What Graph said may quote what others wrote.
    fn into_text(mut self) -> String {
        let mut error = serde_json::to_value(&self.error).unwrap_or_default();
        let upstream = error.as_object_mut().and_then(|error| error.remove("upstream"));
        let mut whole = json!({ "error": error });
        if let Value::Object(whole) = &mut whole {
            whole.append(&mut self.members);
            if let Some(upstream) = upstream {
                whole.insert("untrusted".into(), Nonce::random().around("upstream", upstream));
            }
        }
        whole.to_string()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { error, members: Map::new() }
    }
}

/// What became of a call.
pub(super) type Told = std::result::Result<Reply, Failure>;

/// Returns the answer as the protocol has it. A failure is a result too, so that the agent reads what to do.
pub(super) fn response(told: Told) -> CallToolResponse {
    match told {
        Ok(Reply::Ask(question)) => CallToolResponse::InputRequired(question),
        Ok(Reply::Done { text, beside, failed }) => {
            let content = std::iter::once(ContentBlock::text(text)).chain(beside).collect();
            let result = if failed { CallToolResult::error(content) } else { CallToolResult::success(content) };
            CallToolResponse::Complete(result)
        }
        Err(failure) => {
            CallToolResponse::Complete(CallToolResult::error(vec![ContentBlock::text(failure.into_text())]))
        }
    }
}
