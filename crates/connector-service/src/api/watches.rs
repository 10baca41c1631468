//! Watches, and their events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use connector_runtime::jiff::Timestamp;
use connector_runtime::{AuthorizedHost, Error, NewWatch, WatchChange, WatchEvent, WatchInfo};
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer;
use crate::api::revision::{expected, with_tag};
use crate::call::Call;
use crate::problem::Problem;
use crate::request_id::RequestId;
use crate::route::{Answer, Gives};
use crate::running::{Kind, Slot};

/// Number of events of a page, and the most that one may have.
const USUAL: u64 = 100;
pub(crate) const MOST: u64 = 1000;
/// The last position that an event can have.
pub(crate) const LAST: u64 = i64::MAX as u64;
/// Time after which a stream without events looks whether its caller still may read them.
const LOOK: Duration = Duration::from_secs(15);
/// Pause after which a client reconnects when the service has ended its stream.
const RECONNECT: Duration = Duration::from_secs(5);

/// The watches that a caller sees.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Watches")]
pub(crate) struct List {
    /// The watches, by name.
    watches: Vec<WatchInfo>,
}

/// Why a watch is paused.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PauseWatch")]
pub(crate) struct Pausing {
    /// Reason, for people.
    #[schemars(length(max = 200))]
    pub(super) reason: String,
}

/// Where a watch begins.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "WatchStart")]
pub(crate) struct Begin {
    /// Time from which events are reported, where the trigger can look back.
    since: Option<Timestamp>,
}

/// What a trigger would report now.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TriedWatch")]
pub(crate) struct Tried {
    /// Events, as the watch would store them.
    events: Vec<TriedEvent>,
    /// What could not be read, in sentences.
    gaps: Vec<String>,
}

/// An event that was not stored.
#[derive(Serialize, JsonSchema)]
struct TriedEvent {
    /// Identity.
    id: String,
    /// Data.
    #[schemars(with = "serde_json::Value")]
    data: connector_runtime::Json,
}

/// A page of events.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WatchEvents")]
pub(crate) struct Page {
    /// The events, the oldest first.
    events: Vec<WatchEvent>,
    /// What `after` is for the next page: the position of the last event.
    after: u64,
}

/// A position up to which a consumer is done.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "AcknowledgeEvents")]
pub(crate) struct Acknowledgement {
    /// Name of the consumer: 1 to 100 letters, digits, `-`, `_` and `.`.
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]{1,100}$"))]
    consumer: String,
    /// Position of the last event that the consumer is done with.
    up_to: u64,
}

/// That something was done.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WatchDone")]
pub(crate) struct Done {
    /// Whether there was something to be done.
    pub(super) done: bool,
}

/// Lists the watches that the caller sees.
pub(crate) async fn list(call: Call) -> Answer {
    Ok(answer::json(&List { watches: call.host.watches().list().await? })?)
}

/// Makes a watch.
pub(crate) async fn add(mut call: Call) -> Answer {
    let new: NewWatch = call.read().await?;
    let made = call.host.watches().add(new).await?;
    tagged(&made, answer::created(&made)?)
}

/// Shows a watch.
pub(crate) async fn show(call: Call) -> Answer {
    let found = call.host.watches().show(call.param("id")).await?;
    tagged(&found, answer::json(&found)?)
}

/// Changes a watch.
pub(crate) async fn change(mut call: Call) -> Answer {
    let change: WatchChange = call.read().await?;
    let expected = expected(&call)?;
    let changed = call.host.watches().change(call.param("id"), change, expected).await?;
    tagged(&changed, answer::json(&changed)?)
}

/// Removes a watch with its events.
pub(crate) async fn remove(call: Call) -> Answer {
    let expected = expected(&call)?;
    call.host.watches().remove(call.param("id"), expected).await?;
    Ok(answer::json(&Done { done: true })?)
}

/// Pauses a watch.
pub(crate) async fn pause(mut call: Call) -> Answer {
    let Pausing { reason } = call.read_or_nothing().await?;
    let expected = expected(&call)?;
    let paused = call.host.watches().pause(call.param("id"), &reason, expected).await?;
    tagged(&paused, answer::json(&paused)?)
}

/// Resumes a watch.
pub(crate) async fn resume(call: Call) -> Answer {
    let expected = expected(&call)?;
    let resumed = call.host.watches().resume(call.param("id"), expected).await?;
    tagged(&resumed, answer::json(&resumed)?)
}

/// Lets a watch begin anew.
pub(crate) async fn reset(mut call: Call) -> Answer {
    let Begin { since } = call.read_or_nothing().await?;
    call.host.watches().reset(call.param("id"), since).await?;
    Ok(answer::json(&Done { done: true })?)
}

/// Polls the trigger of a watch, and stores nothing.
pub(crate) async fn try_out(mut call: Call) -> Answer {
    let Begin { since } = call.read_or_nothing().await?;
    let tried = call.host.watches().try_out(call.param("id"), since).await?;
    let events = tried.events.into_iter().map(|event| TriedEvent { id: event.id, data: event.data }).collect();
    let gaps = tried.gaps.iter().map(ToString::to_string).collect();
    Ok(answer::json(&Tried { events, gaps })?)
}

/// Returns events of a watch: after a position, or those that a consumer has not acknowledged.
pub(crate) async fn events(call: Call) -> Answer {
    let limit = call.query.number("limit", 1, MOST)?.unwrap_or(USUAL) as usize;
    let wait = call.query.span("wait")?.unwrap_or_default();
    let after = match call.header("last-event-id")? {
        Some(text) => text.parse().map_err(|_| {
            Error::invalid("", "the header Last-Event-ID is no position of an event of this watch, a whole number")
        })?,
        None => call.query.number("after", 0, LAST)?.unwrap_or_default(),
    };
    let watch = call.param("id").to_owned();
    if call.form()? == Gives::Events {
        let slot = call.running.take(&call.host.principal().id, Kind::Stream, call.limits.streams)?;
        // Whoever may not read them learns it now, and not from a stream that breaks off.
        call.host.watches().show(&watch).await?;
        return Ok(streamed(Reader { host: call.host, watch, after, slot: Arc::new(slot) }, call.id));
    }
    let watches = call.host.watches();
    let waits = async {
        match call.query.get("consumer") {
            Some(consumer) => watches.events_for(&watch, consumer, limit, wait).await,
            None => watches.events(&watch, after, limit, wait).await,
        }
    };
    // A service that ends keeps nobody waiting.
    let found = tokio::select! {
        found = waits => found?,
        () = call.running.ending() => Vec::new(),
    };
    let after = found.last().map_or(after, |event| event.sequence);
    Ok(answer::json(&Page { events: found, after })?)
}

/// Acknowledges events for a consumer.
pub(crate) async fn acknowledge(mut call: Call) -> Answer {
    let Acknowledgement { consumer, up_to } = call.read().await?;
    call.host.watches().acknowledge(call.param("id"), &consumer, up_to).await?;
    Ok(answer::json(&Done { done: true })?)
}

/// Shows how far a consumer is behind.
pub(crate) async fn lag(call: Call) -> Answer {
    Ok(answer::json(&call.host.watches().lag(call.param("id"), call.param("consumer")).await?)?)
}

/// Removes a consumer.
pub(crate) async fn remove_consumer(call: Call) -> Answer {
    let done = call.host.watches().remove_consumer(call.param("id"), call.param("consumer")).await?;
    Ok(answer::json(&Done { done })?)
}

// What a stream of events reads.
struct Reader {
    host: AuthorizedHost,
    watch: String,
    after: u64,
    slot: Arc<Slot>,
}

// The next page is read when the reader has taken the one before. Its position is the id of each event, so that a client
// that comes back continues where it was.
fn streamed(reader: Reader, id: RequestId) -> Response {
    let pages = stream::unfold(Some(reader), move |reader| async move {
        let mut reader = reader?;
        let watches = reader.host.watches();
        let found = tokio::select! {
            found = watches.events(&reader.watch, reader.after, USUAL as usize, LOOK) => found,
            () = reader.slot.running().ending() => {
                return Some((vec![Event::default().retry(RECONNECT).comment("the service ends")], None));
            }
        };
        match found {
            Ok(found) => {
                reader.after = found.last().map_or(reader.after, |event| event.sequence);
                let events = found.iter().filter_map(|event| {
                    let name = if event.gap.is_some() { "gap" } else { "event" };
                    let data = serde_json::to_string(event).ok()?.replace(['\r', '\n'], " ");
                    Some(Event::default().event(name).id(event.sequence.to_string()).data(data))
                });
                Some((events.collect(), Some(reader)))
            }
            Err(error) => {
                let data = Problem::from(error).into_members(id).to_string();
                Some((vec![Event::default().event("error").data(data)], None))
            }
        }
    });
    let events = pages.flat_map(|events| stream::iter(events.into_iter().map(Ok::<_, Infallible>)));
    Sse::new(events).keep_alive(KeepAlive::new().interval(LOOK)).into_response()
}

fn tagged(info: &WatchInfo, response: Response) -> Answer {
    Ok(with_tag(info.revision, response))
}
