//! Policy **settle**: replication lag. New objects of the directory take a while to reach every one of its servers:
//! until then, what names one may be answered that it does not exist.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connector_sdk::{Error, Response, Result, Retry, without_bom};
use futures_util::future::BoxFuture;
use http::{Method, StatusCode};
use serde_json::Value;
use tokio::time::Instant;

use super::is_too_late;
use crate::build_call::below;
use crate::call::{Call, HttpResponse, ResponseBody};
use crate::pipeline::{Next, Policy};
use crate::{ProgressEvent, timer};

/// Delays before each further attempt, in seconds: half a minute in all.
const WAITS: [u64; 4] = [2, 4, 8, 16];
/// Age up to which an object counts as new. An older one has reached every server.
const NEW: Duration = Duration::from_secs(60);
/// Maximum number of objects that are remembered.
const MOST: usize = 512;
/// Collections of the directory. Nothing else that Graph creates has a replication lag.
const COLLECTIONS: [&str; 6] =
    ["users", "groups", "applications", "serviceprincipals", "directory/administrativeunits", "invitations"];

/// Policy that waits for objects that were created a moment ago through this client, by their names.
///
/// A response that such an object does not exist says that nothing was done, so any request may be sent again. Which
/// objects are new must be known for that: that an object never existed is reported at once.
#[derive(Clone, Default)]
pub(crate) struct ReplicationLag(Arc<Mutex<VecDeque<(String, Instant)>>>);

impl ReplicationLag {
    fn made(&self) -> MutexGuard<'_, VecDeque<(String, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether a call has nothing to do with replication lag: it creates no such object, and none is new.
    fn is_indifferent(&self, call: &Call<'_>) -> bool {
        call.request().options().expects_lag().is_none() && self.recent().is_empty() && !may_make(call)
    }

    /// Returns the objects that were created less than [`NEW`] ago.
    fn recent(&self) -> MutexGuard<'_, VecDeque<(String, Instant)>> {
        let mut made = self.made();
        while made.front().is_some_and(|(_, at)| at.elapsed() > NEW) {
            made.pop_front();
        }
        made
    }

    /// Remembers the object that a response says was created, and forgets the one that was deleted.
    pub(crate) fn note(&self, call: &Call<'_>, status: StatusCode, body: &[u8]) {
        if *call.method() == Method::DELETE && status.is_success() {
            let mut made = self.made();
            if !made.is_empty() {
                let path = below(&call.url, call.session).trim_matches('/').to_ascii_lowercase();
                // It may be written as a key.
                let path = path.strip_suffix("')").unwrap_or(&path);
                made.retain(|(name, _)| !path.ends_with(name.as_str()));
            }
        }
        if status != StatusCode::CREATED || !may_make(call) {
            return;
        }
        let Ok(object) = serde_json::from_slice::<Value>(without_bom(body)) else { return };
        let names = [&object["id"], &object["appId"], &object["userPrincipalName"], &object["invitedUser"]["id"]];
        let now = Instant::now();
        let mut made = self.made();
        for name in names.into_iter().filter_map(Value::as_str) {
            if made.len() == MOST {
                made.pop_front();
            }
            made.push_back((name.to_ascii_lowercase(), now));
        }
    }

    /// Returns whether a response says that an object does not exist which was created a moment ago. Graph has no code
    /// of its own for it: 404, or 400 with a sentence; both name the object.
    pub(crate) fn is_replication_lag(&self, call: &Call<'_>, status: StatusCode, body: &[u8]) -> bool {
        if !matches!(status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST) || !call.routing.to_graph {
            return false;
        }
        let promised = call.request.options().expects_lag();
        let made = self.recent();
        if promised.is_none() && made.is_empty() {
            return false;
        }
        let message = code_and_message(status, body).to_ascii_lowercase();
        let missing = message.contains("does not exist") || message.contains("does not reference a valid");
        let named = |name: &str| message.contains(name);
        missing
            && (made.iter().any(|(name, _)| named(name))
                || promised.is_some_and(|name| named(&name.to_ascii_lowercase())))
    }
}

impl Policy for ReplicationLag {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        if self.is_indifferent(call) {
            return next.send(call);
        }
        Box::pin(async move {
            let mut waits = WAITS.into_iter();
            loop {
                let answer = next.send(call).await?;
                let ResponseBody::Whole(body) = &answer.body else { return Ok(answer) };
                if !self.is_replication_lag(call, answer.status, body) {
                    self.note(call, answer.status, body);
                    return Ok(answer);
                }
                let wait = waits.next().map(Duration::from_secs).filter(|wait| !is_too_late(call.session(), *wait));
                let Some(wait) = wait else { return Err(still_behind(&answer.into_response())) };
                call.session()
                    .progress
                    .step(ProgressEvent::Waiting { time: wait, why: "a new object is not everywhere yet" });
                timer::pause(wait).await;
            }
        })
    }
}

/// Returns the sentences of an error, in whatever form it comes.
fn code_and_message(status: StatusCode, body: &[u8]) -> String {
    let error = Error::from_response(&Response::new(status.as_u16(), body.to_vec()));
    let Some(upstream) = error.upstream() else { return String::new() };
    let details = upstream.details.iter().filter_map(|detail| detail.message.as_deref());
    upstream.message.as_deref().into_iter().chain(details).collect::<Vec<_>>().join("\n")
}

/// Returns whether a call may create an object of the directory.
fn may_make(call: &Call<'_>) -> bool {
    let path = || below(&call.url, call.session).trim_matches('/');
    *call.method() == Method::POST && COLLECTIONS.iter().any(|name| path().eq_ignore_ascii_case(name))
}

fn still_behind(answer: &Response) -> Error {
    let hint = "The object was made a moment ago, and not every server of the directory knows it yet. Try this again in a few minutes.";
    Error::from_response(answer).with_hint(hint).retry(Retry::Later)
}
