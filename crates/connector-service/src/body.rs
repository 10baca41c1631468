//! Bodies that are read part by part.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use connector_runtime::Error;
use futures_util::StreamExt;

use crate::problem::{Problem, ServiceCode};

/// The parts of a body.
pub(crate) struct Parts {
    stream: BodyDataStream,
    wait: Duration,
}

/// Returns the parts of a body. Each has to come within a time; how many come does not matter.
pub(crate) fn parts(body: Body, wait: Duration) -> Parts {
    Parts { stream: body.into_data_stream(), wait }
}

impl Parts {
    /// Returns the next part; `None` at the end.
    ///
    /// # Errors
    /// `timeout`; `invalid_input` for a body that breaks off.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        match tokio::time::timeout(self.wait, self.stream.next()).await {
            Ok(Some(Ok(part))) => Ok(Some(part)),
            Ok(Some(Err(error))) => Err(broken_off(error)),
            Ok(None) => Ok(None),
            Err(_) => Err(late(self.wait)),
        }
    }
}

/// Creates the problem of a body that breaks off.
pub(crate) fn broken_off(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
    Error::invalid("", "the body of the request broke off").caused_by(error).into()
}

/// Creates the problem of a body that does not come.
pub(crate) fn late(time: Duration) -> Problem {
    Problem::new(ServiceCode::Timeout, format!("the body did not arrive within {} seconds", time.as_secs()))
}
