//! HTTP client of `oauth2`, over our own transport.
//!
//! `oauth2` builds each request and reads each answer. Of a refusal it keeps the body only, and shows bodies
//! in its errors; so [`OauthHttp`] remembers the rest of the answer and what the request held in secret, and
//! [`OauthHttp::read`] makes of both what our errors say.

use std::pin::Pin;
use std::sync::OnceLock;

use bytes::Bytes;
use connector_sdk::{Error, Result, Secret, Transport};
use http::header::AUTHORIZATION;
use http::{HeaderMap, Response, StatusCode, Uri};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse, RequestTokenError};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::json_body::unreadable;
use crate::refusal::{Failure, Refusal, RefusalBody};
use crate::token_http::{call, send, unwritable};
use crate::{Checked, Credential};

/// Fields of a request that are not secret. All others are.
const PLAIN: [&str; 6] = ["grant_type", "client_id", "client_assertion_type", "redirect_uri", "scope", "claims"];

/// HTTP client for one request to the sign-in service.
pub(crate) struct OauthHttp<'a> {
    transport: &'a dyn Transport,
    client_secret: Option<&'a Secret>,
    answered: OnceLock<Answered>,
}

struct Answered {
    uri: Uri,
    status: StatusCode,
    headers: HeaderMap,
    secrets: Vec<Secret>,
}

impl<'a> OauthHttp<'a> {
    pub(crate) fn new(transport: &'a dyn Transport, connection: &'a Checked) -> OauthHttp<'a> {
        let client_secret = match &connection.credential {
            Credential::Secret(secret, _) => Some(secret),
            _ => None,
        };
        OauthHttp { transport, client_secret, answered: OnceLock::new() }
    }

    /// Converts the outcome of `oauth2` into our result.
    ///
    /// # Errors
    /// What the service refused with; `protocol` for an answer that cannot be read; what became of a request
    /// that was not answered.
    pub(crate) fn read<T>(self, outcome: Result<T, RequestTokenError<Error, RefusalBody>>) -> Result<T, Failure> {
        let error = match outcome {
            Ok(answer) => return Ok(answer),
            Err(RequestTokenError::Request(error)) => return Err(error.into()),
            Err(error) => error,
        };
        let answered = self.answered.into_inner().ok_or_else(|| unwritable(()))?;
        if answered.status.is_success() {
            return Err(match error {
                RequestTokenError::Parse(error, _) => unreadable(error.inner()),
                _ => Error::protocol("the sign-in service's answer is empty"),
            }
            .into());
        }
        let body = match error {
            RequestTokenError::ServerResponse(body) => body,
            // A gateway's page, or nothing: the status has to do.
            _ => RefusalBody::default(),
        };
        let refusal = Refusal::new(answered.status, &answered.headers, body, &answered.secrets);
        Err(Failure::Refused(Box::new(refusal.at(&answered.uri))))
    }

    /// Sends a request whose response `oauth2` does not read.
    ///
    /// # Errors
    /// As for [`read`](Wire::read).
    pub(crate) async fn send<T: DeserializeOwned>(self, request: HttpRequest) -> Result<T, Failure> {
        let (request, secrets) = self.guard(request);
        call(self.transport, request, &secrets).await
    }

    // Keeps what is secret in a request out of logs and refusals.
    fn guard(&self, mut request: HttpRequest) -> (http::Request<Bytes>, Vec<Secret>) {
        let fields = form_urlencoded::parse(request.body()).filter(|(name, _)| !PLAIN.contains(&&**name));
        let mut secrets: Vec<Secret> =
            fields.map(|(_, value)| Secret::new(value)).chain(self.client_secret.cloned()).collect();
        if let Some(header) = request.headers_mut().get_mut(AUTHORIZATION) {
            header.set_sensitive(true);
            secrets
                .extend(header.to_str().ok().and_then(|text| text.split_once(' ')).map(|(_, pair)| Secret::new(pair)));
        }
        (request.map(Bytes::from), secrets)
    }
}

impl<'c> AsyncHttpClient<'c> for OauthHttp<'_> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let (request, secrets) = self.guard(request);
        let uri = request.uri().clone();
        Box::pin(async move {
            let (head, body) = send(self.transport, request).await?;
            // `oauth2` takes 200 alone for a success, and JSON only where the headers say so; both are too
            // strict for some services. A body that is no JSON is found out in any case.
            let mut answer = Response::new(body.to_vec());
            *answer.status_mut() = if head.status.is_success() { StatusCode::OK } else { head.status };
            // There is one request, so nothing is there yet.
            _ = self.answered.set(Answered { uri, status: head.status, headers: head.headers, secrets });
            Ok(answer)
        })
    }
}

#[cfg(test)]
mod tests;
