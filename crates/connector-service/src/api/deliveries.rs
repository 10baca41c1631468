//! Deliveries that have failed, and replays.

use connector_runtime::{FailedDelivery, Replay, Selection};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::watches::Done;
use crate::answer;
use crate::call::Call;
use crate::route::Answer;

/// Number of failed deliveries of a list, and the most that one may have.
const USUAL: u64 = 100;
pub(crate) const MOST: u64 = 200;

/// Deliveries that have failed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FailedDeliveries")]
pub(crate) struct List {
    /// The deliveries.
    deliveries: Vec<FailedDelivery>,
}

/// The replays that are going on.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Replays {
    /// The replays.
    replays: Vec<Replay>,
}

/// A replay that is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewReplay")]
pub(crate) struct Asked {
    /// Destination, by its id or its name.
    destination: String,
    /// Watch whose events are sent again, by its id or its name.
    watch: String,
    /// The events.
    select: Selection,
}

/// Lists failed deliveries to a destination.
pub(crate) async fn failed(call: Call) -> Answer {
    let limit = call.query.number("limit", 1, MOST)?.unwrap_or(USUAL) as usize;
    Ok(answer::json(&List { deliveries: call.host.deliveries().failed(call.param("id"), None, limit).await? })?)
}

/// Tries a failed delivery again.
pub(crate) async fn retry(call: Call) -> Answer {
    Ok(answer::json(&call.host.deliveries().retry(call.param("id")).await?)?)
}

/// Gives up a failed delivery.
pub(crate) async fn discard(call: Call) -> Answer {
    call.host.deliveries().discard(call.param("id")).await?;
    Ok(answer::json(&Done { done: true })?)
}

/// Sends events again.
pub(crate) async fn replay(mut call: Call) -> Answer {
    let Asked { destination, watch, select } = call.read().await?;
    Ok(answer::created(&call.host.deliveries().replay(&destination, &watch, select).await?)?)
}

/// Lists the replays that are going on.
pub(crate) async fn replays(call: Call) -> Answer {
    Ok(answer::json(&Replays { replays: call.host.deliveries().replays().await? })?)
}
