//! Destinations of watches: consumers that join and leave.

use std::time::Duration;

use bytes::Bytes;
use connector_sdk::Result;

use super::destination::{Destination, DestinationId};
use super::job::{PREFIX, SourceOfTask};
use super::message::{Origin, WatchRef};
use crate::host::Host;
use crate::store::Start;
use crate::watch::{Watch, WatchId, Watches};

/// Begins to deliver the events of a watch to a destination, from `start` on. Where it does so already, it goes on.
/// The watch's document names the destination before: otherwise the delivery ends by itself.
///
/// # Errors
/// The store's.
pub(crate) async fn attach(host: &Host, watch: &WatchId, destination: &DestinationId, start: Start) -> Result<()> {
    host.0.log.join(&watch.source(), &destination.consumer(), start).await?;
    host.0.store.schedule(&watch.delivery(destination.as_str()), Duration::ZERO, Bytes::new()).await?;
    host.0.workers.wake();
    Ok(())
}

/// Ends the delivery of the events of a watch to a destination. Failed deliveries are still tried again.
///
/// # Errors
/// The store's.
pub(crate) async fn detach(host: &Host, watch: &WatchId, destination: &DestinationId) -> Result<()> {
    host.0.store.cancel(&watch.delivery(destination.as_str())).await?;
    host.0.log.leave(&watch.source(), &destination.consumer()).await.map(|_| ())
}

/// Begins or ends the delivery of events about the host, as the destination asks for.
///
/// # Errors
/// The store's.
pub(crate) async fn attach_operations(host: &Host, destination: &Destination) -> Result<()> {
    let (id, task) = (&destination.id, task(crate::operations::TASK, &destination.id));
    if destination.asks_for_operations() {
        host.0.log.join(crate::operations::SOURCE, &id.consumer(), Start::Now).await?;
        return host.0.store.schedule(&task, Duration::ZERO, Bytes::new()).await;
    }
    host.0.store.cancel(&task).await?;
    host.0.log.leave(crate::operations::SOURCE, &id.consumer()).await.map(|_| ())
}

/// Returns the key of the task that delivers the events of a watch, or of the host, to a destination.
pub(crate) fn task(watch: &str, destination: &DestinationId) -> String {
    format!("{PREFIX}main/{watch}/{destination}")
}

/// Returns the keys of the tasks that deliver to a destination.
pub(super) async fn tasks_of(host: &Host, id: &DestinationId) -> Result<Vec<String>> {
    let mut tasks = vec![task(crate::operations::TASK, id)];
    tasks.extend(watches_of(host, id).await?.iter().map(|watch| watch.id.delivery(id.as_str())));
    Ok(tasks)
}

/// Returns the watches whose events are sent to a destination.
///
/// # Errors
/// The store's.
pub(crate) async fn watches_of(host: &Host, id: &DestinationId) -> Result<Vec<Watch>> {
    let all = Watches::of(&host.0.vault).all().await?;
    let watches = all.into_iter().filter_map(|found| found.ok().map(|(_, watch)| watch));
    Ok(watches.filter(|watch| watch.destinations.iter().any(|other| other == id.as_str())).collect())
}

/// Returns what the events of a source have in common; `None` where they are not sent to the destination.
pub(super) async fn origin_of(host: &Host, source: &SourceOfTask, to: &Destination) -> Result<Option<Origin>> {
    let Some(watch) = &source.watch else {
        let origin = Origin { source: source.name().to_owned(), kind: None, watch: None, connection: None };
        return Ok(to.asks_for_operations().then_some(origin));
    };
    let Some(id) = WatchId::read(watch) else { return Ok(None) };
    let Some((_, watch)) = Watches::of(&host.0.vault).load(&id).await? else { return Ok(None) };
    if !watch.destinations.iter().any(|other| other == to.id.as_str()) {
        return Ok(None);
    }
    Ok(Some(origin(&watch)))
}

/// Returns what the events of a watch have in common.
pub(super) fn origin(watch: &Watch) -> Origin {
    Origin {
        source: watch.id.source(),
        kind: Some(watch.trigger.clone()),
        watch: Some(WatchRef { id: watch.id.to_string(), name: watch.name.clone() }),
        connection: Some(watch.connection.clone()),
    }
}
