//! Policy **trace**: one event for each call, never with values, headers, queries or bodies.

use connector_sdk::{Request, Result, Target};
use futures_util::future::BoxFuture;
use tokio::time::Instant;
use tracing::Level;

use crate::call::{Call, HttpResponse};
use crate::pipeline::{Next, Policy};

/// Policy that records one event for each call, at the level debug.
pub(crate) struct Trace;

impl Policy for Trace {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        // While nobody listens, its place in the chain costs nothing.
        if !tracing::enabled!(Level::DEBUG) {
            return next.send(call);
        }
        Box::pin(async move {
            let began = Instant::now();
            let outcome = next.send(call).await;
            let milliseconds = began.elapsed().as_millis() as u64;
            let (method, template, tries) = (call.method().as_str(), shown(call.request()), call.tries());
            match &outcome {
                Ok(answer) => {
                    let id = answer.headers.get("request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
                    let status = answer.status.as_u16();
                    tracing::debug!(method, template, status, tries, milliseconds, request_id = id, "request");
                }
                Err(error) => {
                    tracing::debug!(method, template, error = error.code().name(), tries, milliseconds, "request")
                }
            }
            outcome
        })
    }
}

/// Returns the template; of a path that somebody wrote, only the segments that look like names of the API.
pub(super) fn shown(request: &Request) -> String {
    let Target::Literal(_) = &request.target else {
        return request.template().to_owned();
    };
    let is_name = |segment: &str| {
        segment.len() <= 32 && segment.bytes().all(|b| b.is_ascii_alphabetic() || b == b'$' || b == b'.')
    };
    let segments: Vec<&str> =
        request.template().split('/').map(|segment| if is_name(segment) { segment } else { "{}" }).collect();
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    #[test]
    fn values_are_not_shown() {
        let shown = |url: &str| shown(&Request::literal(Method::GET, url, "url").unwrap());
        assert_eq!(shown("/users/adele@contoso.com/messages?$search=secret"), "/users/{}/messages");
        assert_eq!(shown("/groups/0a1b2c3d-0000/members/$ref"), "/groups/{}/members/$ref");
        assert_eq!(super::shown(&Request::get("/users/{user}").path_param("user", "adele")), "/users/{user}");
    }
}
