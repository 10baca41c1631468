//! A standard OpenID provider that is not Entra, below `/oidc`.
//!
//! Authorization code with PKCE (S256 only); refresh tokens that rotate, and whose reuse ends the grant;
//! client authentication as Basic or in the body; an `iss` on the callback (RFC 9207); errors without
//! AADSTS numbers. Its apps and users are those of the sandbox, and the sandbox's Graph takes its tokens.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::Entra;
use super::accounts::Authority;
use super::errors::Failure;
use super::grant::Provider;
use super::params::Params;
use crate::reply;

impl Entra {
    /// A request below `/oidc`.
    pub(crate) fn oidc(&self, origin: &str, path: &[&str], request: &Request<Bytes>) -> Option<Response<Bytes>> {
        Some(match path {
            ["authorize"] => self.authorize(Provider::Oidc, origin, "oidc", request),
            ["token"] => match self.oidc_token(origin, request) {
                Ok(body) => reply::json(StatusCode::OK, &body),
                Err(failure) => failure.standard().response(&self.clock, request.headers()),
            },
            ["keys"] => reply::json(StatusCode::OK, &self.keys.public(&format!("{origin}/oidc"))),
            [".well-known", "openid-configuration"] => {
                reply::json(StatusCode::OK, &configuration(&format!("{origin}/oidc")))
            }
            _ => return None,
        })
    }

    fn oidc_token(&self, origin: &str, request: &Request<Bytes>) -> Result<Value, Failure> {
        let form = Params::form(request)?;
        let app = self.authenticate(origin, "oidc", request.headers(), &form)?;
        match form.need("grant_type")? {
            "authorization_code" => self.redeem_code(Provider::Oidc, origin, &Authority::Common, &app, &form),
            "refresh_token" => self.refresh(Provider::Oidc, origin, &Authority::Common, &app, &form),
            other => Err(Failure::new(70_003, format!("the grant type `{other}` is not supported"))),
        }
    }
}

fn configuration(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}
