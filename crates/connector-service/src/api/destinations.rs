//! Destinations: where the events of watches are sent.

use connector_runtime::{DestinationChange, DestinationInfo, NewDestination, NewSecret};
use schemars::JsonSchema;
use serde::Serialize;

use super::watches::{Done, Pausing};
use crate::answer;
use crate::api::revision::{expected, with_tag};
use crate::call::Call;
use crate::route::Answer;

/// The destinations.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Destinations")]
pub(crate) struct List {
    /// The destinations, by name.
    destinations: Vec<DestinationInfo>,
}

/// A destination with its secret.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MadeDestination")]
pub(crate) struct Made {
    #[serde(flatten)]
    info: DestinationInfo,
    /// Secret by which the receiver verifies signatures. It is in this answer alone.
    secret: String,
}

impl Made {
    fn new(NewSecret { info, secret, .. }: NewSecret) -> Made {
        Made { info, secret: secret.expose().to_owned() }
    }
}

/// Lists the destinations.
pub(crate) async fn list(call: Call) -> Answer {
    Ok(answer::json(&List { destinations: call.host.destinations().list().await? })?)
}

/// Makes a destination.
pub(crate) async fn add(mut call: Call) -> Answer {
    let new: NewDestination = call.read().await?;
    let made = call.host.destinations().add(new).await?;
    let revision = made.info.revision;
    Ok(with_tag(revision, answer::created(&Made::new(made))?))
}

/// Shows a destination.
pub(crate) async fn show(call: Call) -> Answer {
    let found = call.host.destinations().show(call.param("id")).await?;
    Ok(with_tag(found.revision, answer::json(&found)?))
}

/// Changes a destination.
pub(crate) async fn change(mut call: Call) -> Answer {
    let change: DestinationChange = call.read().await?;
    let expected = expected(&call)?;
    let changed = call.host.destinations().change(call.param("id"), change, expected).await?;
    Ok(with_tag(changed.revision, answer::json(&changed)?))
}

/// Removes a destination.
pub(crate) async fn remove(call: Call) -> Answer {
    let expected = expected(&call)?;
    call.host.destinations().remove(call.param("id"), expected).await?;
    Ok(answer::json(&Done { done: true })?)
}

/// Replaces the secret.
pub(crate) async fn rotate(call: Call) -> Answer {
    Ok(answer::json(&Made::new(call.host.destinations().rotate(call.param("id")).await?))?)
}

/// Sends a test event.
pub(crate) async fn test(call: Call) -> Answer {
    Ok(answer::json(&call.host.destinations().test(call.param("id")).await?)?)
}

/// Pauses a destination.
pub(crate) async fn pause(mut call: Call) -> Answer {
    let Pausing { reason } = call.read_or_nothing().await?;
    Ok(answer::json(&call.host.destinations().pause(call.param("id"), &reason).await?)?)
}

/// Resumes a destination.
pub(crate) async fn resume(call: Call) -> Answer {
    Ok(answer::json(&call.host.destinations().resume(call.param("id")).await?)?)
}
