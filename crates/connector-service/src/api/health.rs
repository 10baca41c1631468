//! Whether the service lives, and whether it takes calls.

use http::StatusCode;
use serde_json::json;

use crate::answer;
use crate::call::Call;
use crate::route::Answer;

/// Answers that the process lives.
pub(crate) async fn live(_: Call) -> Answer {
    Ok(answer::json(&json!({ "status": "ok" }))?)
}

/// Answers whether the service takes calls: not while it ends.
pub(crate) async fn ready(call: Call) -> Answer {
    let mut response = answer::json(&json!({ "status": if call.ending { "ending" } else { "ok" } }))?;
    if call.ending {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    Ok(response)
}
