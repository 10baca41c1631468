//! Policy **origin**: the address that the bytes really go to.

use connector_sdk::{Error, Result};
use futures_util::future::{BoxFuture, ready};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, IF_RANGE, LOCATION, RANGE};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use url::Url;

use crate::call::{Call, HttpResponse};
use crate::pipeline::{Next, Policy};
use crate::{ids, origin_guard, redact};

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const MOST_REDIRECTS: usize = 5;

/// Headers that a host other than Graph may see: how it should respond, and nothing about who asks.
const AWAY: [HeaderName; 5] = [ACCEPT, RANGE, IF_RANGE, CONTENT_RANGE, CONTENT_TYPE];

/// Policy that checks the address, sends, and follows redirects of reading requests.
///
/// The token goes along only while the address stays below the endpoint's API. Once a redirect has
/// led away it does not come back, even if a later redirect does. Only a download is led away.
pub(crate) struct OriginPolicy;

impl Policy for OriginPolicy {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        if let Err(error) = check(call) {
            return Box::pin(ready(Err(error)));
        }
        if !call.routing.to_graph || !may_follow(call.method()) {
            return next.send(call);
        }
        Box::pin(async move {
            let endpoint = &call.session().endpoint;
            let mut answer = next.send(call).await?;
            let Some(mut target) = redirect(call, &answer)? else {
                return Ok(answer);
            };
            // The next try begins where this one began.
            let original = (call.url.clone(), call.headers.clone());
            let mut from_graph = true;
            let mut hops = 0;
            let outcome = loop {
                hops += 1;
                if hops > MOST_REDIRECTS {
                    break Err(Error::protocol(format!("an answer redirected more than {MOST_REDIRECTS} times")));
                }
                from_graph = from_graph && origin_guard::is_graph_url(&target, endpoint);
                if !from_graph {
                    if let Err(error) = may_leave(call).and_then(|()| origin_guard::check_external(&target, endpoint)) {
                        break Err(error);
                    }
                    call.spent.extend(redact::sensitive(&call.headers).cloned());
                    strip(&mut call.headers);
                }
                call.url = match origin_guard::uri(&target) {
                    Ok(uri) => uri,
                    Err(error) => break Err(error),
                };
                answer = match next.send(call).await {
                    Ok(answer) => HttpResponse { from_graph, ..answer },
                    Err(error) => break Err(error),
                };
                target = match redirect(call, &answer) {
                    Ok(Some(target)) => target,
                    Ok(None) => break Ok(answer),
                    Err(error) => break Err(error),
                };
            };
            (call.url, call.headers) = original;
            outcome
        })
    }
}

/// Adapts a call to its address, or refuses it.
fn check(call: &mut Call<'_>) -> Result<()> {
    let endpoint = &call.session().endpoint;
    if !call.routing.to_graph {
        origin_guard::check_external(&origin_guard::url(&call.url)?, endpoint)?;
        call.headers.remove(AUTHORIZATION);
        return Ok(());
    }
    if !origin_guard::is_graph(&call.url, endpoint) {
        return Err(Error::bug("a request would have left the connection's Graph; the token was not sent"));
    }
    if !call.request().headers.contains_key(CLIENT_REQUEST_ID) {
        call.headers.insert(CLIENT_REQUEST_ID, ids::header());
    }
    Ok(())
}

/// Returns whether a redirect may be followed: only for a method that reads.
fn may_follow(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Refuses redirects to another host except for downloads: what another host responds to a plain read would pass for
/// Graph's response.
fn may_leave(call: &Call<'_>) -> Result<()> {
    if call.routing.stream {
        return Ok(());
    }
    Err(Error::protocol("an answer redirected to another address than the connection's Graph; it was not followed")
        .with_hint("If this is a file, download it; of a raw request, with the response type `binary`. The token was not sent."))
}

/// Returns the target of a redirect, if the response is one.
fn redirect(call: &Call<'_>, answer: &HttpResponse) -> Result<Option<Url>> {
    let follows = matches!(
        answer.status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if !follows {
        return Ok(None);
    }
    let Some(location) = answer.headers.get(LOCATION) else {
        return Ok(None);
    };
    let from = origin_guard::url(&call.url)?;
    let target = location.to_str().ok().and_then(|text| from.join(text).ok());
    target.map(Some).ok_or_else(|| Error::protocol("an answer redirected to something that is not a URL"))
}

fn strip(headers: &mut HeaderMap) {
    let kept: Vec<_> = AWAY.into_iter().filter_map(|name| headers.remove(&name).map(|value| (name, value))).collect();
    headers.clear();
    headers.extend(kept);
}
