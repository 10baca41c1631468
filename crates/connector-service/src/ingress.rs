//! The addresses at which Graph reaches the host: handshakes and notifications, and nothing else.
//!
//! They are served on a socket of their own, which alone is open to the internet: no cookies, no API. The path may begin
//! with anything, because the notification URL and a proxy decide that; its last part is the token of a subscription.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use connector_runtime::{MAX_NOTIFICATION, Received};
use http::{HeaderValue, Method, StatusCode, header};
use tokio::sync::Semaphore;
use url::form_urlencoded;

use crate::auth::Auth;

/// Name of the parameter with which Graph asks whether an address is ours.
const HANDSHAKE: &str = "validationToken";
/// Longest text of a handshake, in bytes.
const LONGEST: usize = 2048;
/// Time for which a wake is waited for. Graph takes an answer after three seconds for a slow one.
const PATIENCE: Duration = Duration::from_millis(50);
/// Maximum time until a whole body has arrived.
const BODY: Duration = Duration::from_secs(10);
/// Maximum number of notifications that are worked on at the same time.
const MOST: usize = 1_000;

/// What the routes share.
#[derive(Clone)]
struct Ingress {
    auth: Arc<Auth>,
    room: Arc<Semaphore>,
}

/// Returns the router of what Graph sends.
pub(crate) fn router(auth: Arc<Auth>) -> Router {
    Router::new().fallback(receive).with_state(Ingress { auth, room: Arc::new(Semaphore::new(MOST)) })
}

async fn receive(State(ingress): State<Ingress>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    match (request.method(), path.as_str()) {
        (&Method::GET, "/healthz") => text(StatusCode::OK, "ok"),
        (&Method::POST, path) => match token(path) {
            Some(token) => ingress.post(token.to_owned(), request).await,
            None => status(StatusCode::NOT_FOUND),
        },
        _ => status(StatusCode::NOT_FOUND),
    }
}

/// Returns the token in a path, with or without `/lifecycle` behind it.
fn token(path: &str) -> Option<&str> {
    let path = path.strip_suffix("/lifecycle").unwrap_or(path);
    path.rsplit('/').next().filter(|token| !token.is_empty())
}

impl Ingress {
    async fn post(&self, token: String, request: Request) -> Response {
        let query = request.uri().query().unwrap_or_default();
        if let Some((_, asked)) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == HANDSHAKE) {
            return self.handshake(&token, &asked).await;
        }
        let Ok(place) = self.room.clone().try_acquire_owned() else { return busy() };
        let body = match tokio::time::timeout(BODY, to_bytes(request.into_body(), MAX_NOTIFICATION)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => return status(StatusCode::PAYLOAD_TOO_LARGE),
            Err(_) => return status(StatusCode::REQUEST_TIMEOUT),
        };
        let auth = self.auth.clone();
        // What is not stored in time is finished all the same; Graph need not wait for it.
        let mut work = tokio::spawn(async move {
            let received = auth.receive_notifications(&token, &body).await;
            drop(place);
            received
        });
        match tokio::time::timeout(PATIENCE, &mut work).await {
            Ok(Ok(Ok(Received::Unknown))) => status(StatusCode::NOT_FOUND),
            Ok(Ok(Err(error))) => {
                tracing::warn!(%error, "notifications were not taken; Graph sends them again");
                busy()
            }
            _ => status(StatusCode::ACCEPTED),
        }
    }

    async fn handshake(&self, token: &str, asked: &str) -> Response {
        if asked.len() > LONGEST {
            return status(StatusCode::NOT_FOUND);
        }
        match self.auth.confirms_endpoint(token).await {
            Ok(true) => text(StatusCode::OK, asked),
            Ok(false) => status(StatusCode::NOT_FOUND),
            Err(error) => {
                tracing::warn!(%error, "a handshake could not be answered");
                busy()
            }
        }
    }
}

fn busy() -> Response {
    let mut response = status(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

fn status(status: StatusCode) -> Response {
    text(status, "")
}

fn text(status: StatusCode, body: &str) -> Response {
    let mut response = Response::new(Body::from(body.to_owned()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_the_last_part_whatever_comes_before() {
        for path in ["/abc", "/hooks/graph/abc", "/hooks/graph/abc/lifecycle", "/abc/lifecycle"] {
            assert_eq!(token(path), Some("abc"), "{path}");
        }
        assert_eq!(token("/"), None);
    }
}
