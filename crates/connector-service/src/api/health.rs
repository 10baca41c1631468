//! Whether the service lives, and whether it takes calls.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer;
use crate::call::Call;
use crate::route::Answer;

/// How the process is.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Health {
    /// `ok`, or `ending` while no new calls are taken.
    status: Status,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HealthStatus")]
#[serde(rename_all = "snake_case")]
enum Status {
    Ok,
    Ending,
}

/// Answers that the process lives.
pub(crate) async fn live(_: Call) -> Answer {
    Ok(answer::json(&Health { status: Status::Ok })?)
}

/// Answers whether the service takes calls: not while it ends.
pub(crate) async fn ready(call: Call) -> Answer {
    let mut response = answer::json(&Health { status: if call.ending { Status::Ending } else { Status::Ok } })?;
    if call.ending {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    Ok(response)
}
