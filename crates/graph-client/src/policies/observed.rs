//! Policy that notifies observers how calls and attempts ended.

use std::sync::Arc;
use std::time::SystemTime;

use connector_sdk::Result;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use http::header::{AGE, DATE};
use tokio::time::Instant;

use super::trace::shown;
use crate::call::{Call, HttpResponse};
use crate::pipeline::{Next, Policy};
use crate::{CallEvent, Observer};

/// Policy that notifies observers of calls or attempts, depending on its place in the pipeline.
pub(crate) enum Observed {
    Calls(Arc<[Arc<dyn Observer>]>),
    Tries(Arc<[Arc<dyn Observer>]>),
}

impl Observed {
    fn observers(&self) -> &[Arc<dyn Observer>] {
        match self {
            Observed::Calls(all) | Observed::Tries(all) => all,
        }
    }
}

impl Policy for Observed {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        // While nobody listens, its place in the chain costs nothing.
        let own = call.session().observer.as_ref().filter(|_| matches!(self, Observed::Calls(_)));
        if own.is_none() && self.observers().is_empty() {
            return next.send(call);
        }
        Box::pin(async move {
            let began = Instant::now();
            let outcome = next.send(call).await;
            let answer = outcome.as_ref();
            let event = CallEvent {
                connection: &call.session().connection,
                method: call.method(),
                template: &shown(call.request()),
                tries: call.tries(),
                duration: began.elapsed(),
                outcome: answer.map(|answer| answer.status).map_err(|error| error.code()),
                request_id: answer.ok().and_then(|answer| answer.headers.get("request-id")?.to_str().ok()),
                date: answer.ok().filter(|answer| answer.from_graph).and_then(|answer| date(&answer.headers)),
            };
            match self {
                Observed::Calls(all) => all.iter().chain(own).for_each(|observer| observer.call_ended(&event)),
                Observed::Tries(all) => all.iter().for_each(|observer| observer.try_ended(&event)),
            }
            outcome
        })
    }
}

// What a cache kept has the time at which it was kept.
fn date(headers: &HeaderMap) -> Option<SystemTime> {
    let date = headers.get(DATE).filter(|_| !headers.contains_key(AGE))?;
    httpdate::parse_http_date(date.to_str().ok()?).ok()
}
