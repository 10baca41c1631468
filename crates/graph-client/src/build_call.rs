//! Preparation of requests: from a plan's request to a call that can be sent.

use bytes::Bytes;
use connector_sdk::{Request, Result};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use url::Url;

use crate::call::{Call, Challenged, Routing};
use crate::limit_scope::LimitScope;
use crate::{Session, body, origin_guard};

const RETURN_ID: HeaderName = HeaderName::from_static("return-client-request-id");

/// Checks a request and makes it a call. Nothing is sent, no token is requested.
///
/// # Errors
/// `invalid_input` for an address or a header that is refused, or a file that cannot be read;
/// `forbidden` when an app is signed in and cannot do it.
pub(crate) async fn build_call<'a>(request: &'a Request, session: &'a Session) -> Result<Call<'a>> {
    origin_guard::check_headers(&request.headers)?;
    let (url, to_graph) = if request.is_external() {
        let url = Url::parse(&request.path_and_query()?)
            .map_err(|_| connector_sdk::Error::protocol("a link is not an absolute URL"))?;
        origin_guard::check_external(&url, &session.endpoint)?;
        (origin_guard::uri(&url)?, false)
    } else {
        (origin_guard::address(request, &session.endpoint)?, true)
    };
    let (body, media) = match body::ready(&request.body) {
        Some(ready) => ready,
        None => Box::pin(body::encode(&request.body, session.files.as_ref())).await?,
    };
    // Room for what the policies and the transport add.
    let mut headers = HeaderMap::with_capacity(12);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if to_graph {
        headers.insert(RETURN_ID, HeaderValue::from_static("true"));
    }
    if let Some(media) = media {
        headers.insert(CONTENT_TYPE, media);
    }
    // What the request says itself counts more.
    for name in request.headers.keys() {
        headers.remove(name);
    }
    for (name, value) in &request.headers {
        headers.append(name, value.clone());
    }
    let required =
        if to_graph { request.requirements().required(&session.scopes, session.application)? } else { Vec::new() };
    let scope = if to_graph {
        LimitScope::of(session, below(&url, session))
    } else {
        LimitScope::of_host(&session.connection, url.host().unwrap_or_default())
    };
    Ok(Call {
        headers,
        request,
        session,
        url,
        body,
        routing: Routing { to_graph, stream: false },
        required,
        doubt: None,
        scope,
        tries: 0,
        in_flight: false,
        lost: false,
        challenged: Challenged::default(),
        spent: Vec::new(),
        unpacks: false,
    })
}

/// Creates a call to a URL that is its own credential, checked already.
///
/// # Errors
/// `protocol` when it is too long to be sent.
pub(crate) fn external_call<'a>(
    request: &'a Request,
    session: &'a Session,
    url: &Url,
    body: Bytes,
) -> Result<Call<'a>> {
    Ok(Call {
        headers: request.headers.clone(),
        request,
        session,
        scope: LimitScope::of_host(&session.connection, url.host_str().unwrap_or_default()),
        url: origin_guard::uri(url)?,
        body,
        routing: Routing { to_graph: false, stream: false },
        required: Vec::new(),
        doubt: None,
        tries: 0,
        in_flight: false,
        lost: false,
        challenged: Challenged::default(),
        spent: Vec::new(),
        unpacks: false,
    })
}

/// Returns the path below the API version, such as `/me/messages`.
pub(crate) fn below<'u>(url: &'u Uri, session: &Session) -> &'u str {
    session.endpoint.bases().iter().find_map(|base| url.path().strip_prefix(base.path())).unwrap_or_default()
}
