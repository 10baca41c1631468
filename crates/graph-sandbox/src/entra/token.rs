//! The token endpoint.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::Entra;
use super::accounts::Authority;
use super::apps::App;
use super::errors::Failure;
use super::grant::Provider;
use super::issue::For;
use super::params::Params;
use super::scopes::Asked;
use crate::reply;

impl Entra {
    /// `POST /{tenant}/oauth2/v2.0/token`
    pub(crate) fn token(&self, origin: &str, segment: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let headers = request.headers();
        match Params::form(request).and_then(|form| self.exchange(origin, segment, headers, &form)) {
            Ok(body) => reply::json(StatusCode::OK, &body),
            Err(failure) => failure.response(&self.clock, headers),
        }
    }

    fn exchange(&self, origin: &str, segment: &str, headers: &HeaderMap, form: &Params) -> Result<Value, Failure> {
        let grant = form.need("grant_type")?;
        let authority = self.authority(segment)?;
        let app = self.authenticate(origin, segment, headers, form)?;
        self.check_audience(&app, &authority)?;
        match grant {
            "client_credentials" => self.client_credentials(origin, &authority, &app, form),
            "authorization_code" => self.redeem_code(Provider::Entra, origin, &authority, &app, form),
            "refresh_token" => self.refresh(Provider::Entra, origin, &authority, &app, form),
            "urn:ietf:params:oauth:grant-type:device_code" => self.poll_device(origin, &app, form),
            other => Err(Failure::new(70_003, format!("The app requested an unsupported grant type '{other}'."))),
        }
    }

    fn client_credentials(
        &self,
        origin: &str,
        authority: &Authority,
        app: &App,
        form: &Params,
    ) -> Result<Value, Failure> {
        let Authority::Tenant(tid) = authority else {
            let text =
                "No tenant-identifying information found in either the request or implied by any provided credentials.";
            return Err(Failure::new(50_059, text));
        };
        let scope = form.need("scope")?;
        let asked = Asked::read(scope, origin)?;
        if !asked.default {
            let text = format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
            );
            return Err(Failure::new(1_002_012, text));
        }
        let roles = app.roles.iter().cloned().collect();
        let claims = form.claims()?;
        let token = self.access_token(For::App { tid }, &app.client_id, &roles, asked.resource.as_deref(), claims);
        let mut body = self.envelope(&token);
        body["ext_expires_in"] = body["expires_in"].clone();
        Ok(body)
    }

    /// What every token answer has.
    pub(crate) fn envelope(&self, access_token: &str) -> Value {
        let seconds = self.token_life().as_secs();
        let expires_in =
            if self.options.text_expires_in { Value::from(seconds.to_string()) } else { Value::from(seconds) };
        let mut body = json!({ "token_type": "Bearer", "expires_in": expires_in, "access_token": access_token });
        if let Some(refresh_in) = self.options.refresh_in {
            body["refresh_in"] = refresh_in.as_secs().into();
        }
        body
    }
}
