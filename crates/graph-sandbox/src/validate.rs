//! Asks a notification URL whether it wants the notifications, as Graph does before it keeps a subscription.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::{Clock, Graph, reach, reply};

/// How long a URL may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most that is read of its answer.
const LARGEST: usize = 4096;

/// Whether the request makes a subscription.
pub(crate) fn concerns(request: &Request<Bytes>) -> bool {
    let below = request.uri().path().strip_prefix("/v1.0/").or_else(|| request.uri().path().strip_prefix("/beta/"));
    request.method() == Method::POST
        && below.is_some_and(|below| below.trim_end_matches('/').eq_ignore_ascii_case("subscriptions"))
}

/// Lets `made`, the answer to a new subscription, through if its URLs echo their tokens. Otherwise the
/// subscription is forgotten and the answer is an error.
pub(crate) async fn check(
    graph: &Graph,
    clock: &Clock,
    request: &Request<Bytes>,
    made: Response<Bytes>,
) -> Response<Bytes> {
    if made.status() != StatusCode::CREATED {
        return made;
    }
    let body: Value = serde_json::from_slice(made.body()).unwrap_or_default();
    let id = body["id"].as_str().unwrap_or_default();
    for name in ["notificationUrl", "lifecycleNotificationUrl"] {
        let Some(url) = body[name].as_str() else { continue };
        let token = format!("Validation: Testing client application reachability for subscription {id}");
        let refused = match tokio::time::timeout(PATIENCE, ask(url, &token)).await {
            Ok(Ok(())) => continue,
            Ok(Err(why)) => why,
            Err(_) => "Subscription validation request timed out.".to_owned(),
        };
        graph.forget_subscription(id);
        return reply::graph_error(clock, request.headers(), StatusCode::BAD_REQUEST, "ValidationError", &refused);
    }
    made
}

/// POSTs the token to a URL on this machine. Others are taken as they are: the sandbox reaches nobody else.
async fn ask(url: &str, token: &str) -> Result<(), String> {
    let mut url = Url::parse(url).map_err(|error| error.to_string())?;
    if url.scheme() != "http" {
        return Ok(());
    }
    url.query_pairs_mut().append_pair("validationToken", token);
    let failed = |why: &str| format!("Subscription validation request failed. {why}");
    let answer =
        reach::post(&url, "text/plain; charset=utf-8", Bytes::new(), LARGEST).await.map_err(|why| failed(&why))?;
    if answer.status() != StatusCode::OK {
        return Err(failed("Notification endpoint must respond with 200 OK to validation request."));
    }
    if answer.body() != token.as_bytes() {
        return Err(failed("Notification endpoint must echo the validation token."));
    }
    let media = answer.headers().get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
    if media.is_some_and(|media| media.starts_with("text/plain")) {
        Ok(())
    } else {
        Err(failed("The validation token must be answered as text/plain."))
    }
}
