//! One exchange with the sign-in service: a form goes out, JSON or a refusal comes back.
//!
//! All grants share it, also the device code's polls, which are one request each here: this crate has no
//! clock to wait on.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use connector_sdk::{Error, Result, Secret, Transport, read_to_end};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use url::Url;
use url::form_urlencoded;

use crate::refusal::{Failure, Refusal, lost};
use crate::settings::ClientAuthStyle;
use crate::{Checked, Credential};

/// An answer of the sign-in service is a few kilobytes.
const LIMIT: usize = 1 << 20;

/// What an exchange is given from outside, since this crate has neither clock nor files.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The time.
    pub now: Timestamp,
    /// The claims request (JSON) of a challenge that Graph answered with.
    pub claims: Option<&'a str>,
    /// The other issuer's token, for workload identity: what stands in the file just now.
    pub federated: Option<&'a Secret>,
}

impl Given<'_> {
    /// The time and nothing else.
    pub fn at(now: Timestamp) -> Given<'static> {
        Given { now, claims: None, federated: None }
    }
}

/// A form under construction. What is secret in it is remembered, so that no refusal can bring it back.
pub(crate) struct Form {
    url: Url,
    // Not a `Serializer`: that one cannot move between threads, and a form waits for its answer.
    body: String,
    authorization: Option<HeaderValue>,
    secrets: Vec<Secret>,
}

impl Form {
    pub(crate) fn new(url: Url) -> Form {
        Form { url, body: String::new(), authorization: None, secrets: Vec::new() }
    }

    pub(crate) fn put(mut self, name: &str, value: &str) -> Form {
        // Counted from the beginning, so that it sees the pairs before and puts an ampersand between.
        self.body = form_urlencoded::Serializer::for_suffix(self.body, 0).append_pair(name, value).finish();
        self
    }

    pub(crate) fn put_secret(mut self, name: &str, value: &Secret) -> Form {
        self.secrets.push(value.clone());
        self.put(name, value.expose())
    }

    pub(crate) fn put_some(self, name: &str, value: Option<&str>) -> Form {
        match value {
            Some(value) => self.put(name, value),
            None => self,
        }
    }

    /// Adds the app and its proof (RFC 6749 2.3.1, RFC 7523 2.2).
    pub(crate) fn client(mut self, connection: &Checked, given: &Given<'_>) -> Result<Form> {
        let id = connection.client_id.as_deref().ok_or_else(|| Error::bug("a grant without a client id"))?;
        match &connection.credential {
            Credential::Secret(secret, ClientAuthStyle::Basic) => {
                // Both parts are form-encoded first, or a colon in one of them would move the border.
                let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let pair = STANDARD.encode(format!("{}:{}", encode(id), encode(secret.expose())));
                let mut header =
                    HeaderValue::try_from(format!("Basic {pair}")).map_err(|_| Error::bug("base64 that is not a header value"))?;
                header.set_sensitive(true);
                self.authorization = Some(header);
                self.secrets.extend([secret.clone(), Secret::new(pair)]);
                Ok(self)
            }
            Credential::Secret(secret, ClientAuthStyle::Body) => Ok(self.put("client_id", id).put_secret("client_secret", secret)),
            Credential::Certificate(certificate) => {
                let audience = self.url.to_string();
                let assertion = certificate.assertion(id, &audience, given.now)?;
                Ok(self.put("client_id", id).assertion(&assertion))
            }
            Credential::Federated(_) => {
                let token = given.federated.ok_or_else(|| Error::bug("a federated sign-in without the other issuer's token"))?;
                Ok(self.put("client_id", id).assertion(token))
            }
            Credential::Public => Ok(self.put("client_id", id)),
            Credential::ManagedIdentity | Credential::Given(_) => Err(Error::bug("this credential has no token endpoint")),
        }
    }

    fn assertion(self, assertion: &Secret) -> Form {
        self.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .put_secret("client_assertion", assertion)
    }

    /// Sends it and reads the answer.
    pub(crate) async fn send<T: DeserializeOwned>(mut self, transport: &dyn Transport) -> Result<T, Failure> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.url.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json");
        if let Some(header) = self.authorization.take() {
            request = request.header(AUTHORIZATION, header);
        }
        let secrets: Vec<&Secret> = self.secrets.iter().collect();
        call(transport, request.body(Bytes::from(self.body)), &secrets).await
    }
}

/// Sends a request to the sign-in service and reads its answer.
pub(crate) async fn call<T: DeserializeOwned>(
    transport: &dyn Transport,
    request: http::Result<Request<Bytes>>,
    secrets: &[&Secret],
) -> Result<T, Failure> {
    let request = request.map_err(|_| Error::bug("a request to the sign-in service that cannot be written"))?;
    let answer = transport.send(request).await.map_err(lost)?;
    let (head, body) = answer.into_parts();
    let body = read_to_end(body, LIMIT).await.map_err(lost)?;
    if !head.status.is_success() {
        return Err(Failure::Refused(Box::new(Refusal::read(head.status, &head.headers, &body, secrets))));
    }
    // The parser's message could quote the token, so only the place is told.
    serde_json::from_slice(&body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Failure::Failed(Error::protocol(format!("the sign-in service's answer cannot be read at {place}")))
    })
}
