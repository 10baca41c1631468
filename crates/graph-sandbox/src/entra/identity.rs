//! The [managed identity][1] of the machine: no secret, only an address that nobody else can reach.
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

use super::Entra;
use super::apps::seeds;
use super::errors::Failure;
use super::issue::For;
use super::params::Params;
use super::scopes::is_graph;
use crate::clock::later;
use crate::reply;

impl Entra {
    /// `GET /metadata/identity/oauth2/token` with `Metadata: true`, and `GET /msi/token` with
    /// `X-IDENTITY-HEADER`, which the environment of an App Service names.
    pub(crate) fn managed_identity(&self, origin: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let refuse = |error: &'static str, text: &str| {
            reply::json(StatusCode::BAD_REQUEST, &json!({ "error": error, "error_description": text }))
        };
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let service = request.uri().path() == "/msi/token";
        if request.method() != Method::GET {
            return reply::empty(StatusCode::METHOD_NOT_ALLOWED);
        }
        if service && header("x-identity-header") != Some(seeds::IDENTITY_HEADER) {
            return reply::empty(StatusCode::UNAUTHORIZED);
        }
        if !service && !header("metadata").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return refuse("invalid_request", "Required metadata header not specified");
        }
        // a request that was forwarded may come from outside
        if header("x-forwarded-for").is_some() {
            return refuse("invalid_request", "Requests with an X-Forwarded-For header are not served");
        }
        let Ok(query) = Params::query(request) else { return refuse("invalid_request", "A parameter is given twice") };
        if query.get("api-version").is_none() {
            return refuse("bad_request_102", "Required metadata api-version not specified");
        }
        let Some(resource) = query.get("resource") else {
            return refuse("invalid_request", "Required audience parameter not specified");
        };
        if !is_graph(resource, origin) {
            let failure = Failure::new(
                500_011,
                format!("The resource principal named {resource} was not found in the tenant named Sandbox."),
            );
            return refuse("invalid_resource", &failure.describe(&self.clock));
        }
        let client_id = query.get("client_id").unwrap_or(seeds::MANAGED_IDENTITY);
        let Some(app) = self.app(client_id, "").ok().filter(|app| app.client_id == seeds::MANAGED_IDENTITY) else {
            return refuse("invalid_request", "Identity not found");
        };
        let roles: BTreeSet<String> = app.roles.iter().cloned().collect();
        let tid = self.graph.tenant_id();
        let token = self.access_token(For::App { tid }, client_id, &roles, Some(resource.trim_end_matches('/')), None);
        let now = self.clock.now();
        // every number is a text here
        let mut body = json!({
            "access_token": token,
            "client_id": client_id,
            "expires_on": later(now, self.token_life()).as_second().to_string(),
            "resource": resource,
            "token_type": "Bearer",
        });
        if !service {
            let seconds = self.token_life().as_secs().to_string();
            body["expires_in"] = seconds.clone().into();
            body["ext_expires_in"] = seconds.into();
            body["not_before"] = now.as_second().to_string().into();
        }
        reply::json(StatusCode::OK, &body)
    }
}
