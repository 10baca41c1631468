//! Which app is asking: [client authentication][1].
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::Entra;
use super::accounts::Authority;
use super::apps::{App, Audience, ClientAuth};
use super::errors::Failure;
use super::params::Params;
use super::provoke::Provoke;
use crate::lock;

/// How a client said who it is.
enum Credential {
    None,
    Basic(String),
    Body(String),
    Assertion(String),
}

impl Entra {
    /// The app of a token request, after its secret or assertion was checked.
    ///
    /// # Errors
    /// 700016 for an unknown app, 7000112 for a disabled one, 7000215 for a wrong secret, 7000222 for an
    /// expired one, 7000218 or 7000216 for none, 700025 when a public client sends one; see
    /// [`super::assertion`] for assertions.
    pub(crate) fn authenticate(
        &self,
        origin: &str,
        segment: &str,
        headers: &HeaderMap,
        form: &Params,
    ) -> Result<App, Failure> {
        let (client_id, credential) = read(headers, form)?;
        let app = self.app(&client_id, segment)?;
        match (&credential, app.client_auth) {
            (Credential::Basic(_), ClientAuth::Body) => {
                return Err(Failure::new(7_000_218, "The client secret must be in the request body."));
            }
            (Credential::Body(_), ClientAuth::Basic) => {
                return Err(Failure::new(7_000_218, "The client secret must be in the Authorization header."));
            }
            _ => {}
        }
        match credential {
            Credential::None if app.public => {}
            Credential::None if form.get("grant_type") == Some("client_credentials") => {
                let text = "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.";
                return Err(Failure::new(7_000_216, text));
            }
            Credential::None => {
                let text =
                    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
                return Err(Failure::new(7_000_218, text));
            }
            _ if app.public => {
                let text = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
                return Err(Failure::new(700_025, text));
            }
            Credential::Basic(secret) | Credential::Body(secret) => self.check_secret(&app, &secret)?,
            Credential::Assertion(assertion) => self.check_assertion(origin, segment, &app, &assertion)?,
        }
        Ok(app)
    }

    /// A registered app that may sign in.
    pub(crate) fn app(&self, client_id: &str, segment: &str) -> Result<App, Failure> {
        let app = lock(&self.state).apps.get(client_id).cloned().ok_or_else(|| {
            let text = format!("Application with identifier '{client_id}' was not found in the directory '{segment}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.");
            Failure::new(700_016, text)
        })?;
        if !app.enabled || lock(&self.state).provoked(&Provoke::AppDisabled(app.client_id.clone())) {
            return Err(Failure::new(7_000_112, format!("Application '{client_id}'({}) is disabled.", app.name)));
        }
        Ok(app)
    }

    /// Whether the app may be used at this authority.
    pub(crate) fn check_audience(&self, app: &App, authority: &Authority) -> Result<(), Failure> {
        let (id, name) = (&app.client_id, &app.name);
        match (app.audience, authority) {
            (Audience::SingleTenant, Authority::Common | Authority::Organizations) => {
                let text = format!(
                    "Application '{id}'({name}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant."
                );
                Err(Failure::new(50_194, text))
            }
            (Audience::SingleTenant | Audience::MultiTenant, Authority::Consumers) => {
                let text = format!(
                    "Application '{id}'({name}) is configured for use by Microsoft Entra users only. Please do not use the /consumers endpoint to serve this request."
                );
                Err(Failure::new(9_002_332, text))
            }
            (Audience::Personal, Authority::Common | Authority::Organizations | Authority::Tenant(_)) => {
                let text = format!(
                    "Application '{id}'({name}) is configured for use by Microsoft Account users only. Please use the /consumers endpoint to serve this request."
                );
                Err(Failure::new(9_002_331, text))
            }
            (Audience::SingleTenant, Authority::Tenant(tenant)) if tenant != self.graph.tenant_id() => {
                let text = format!("Application with identifier '{id}' was not found in the directory '{tenant}'.");
                Err(Failure::new(700_016, text))
            }
            _ => Ok(()),
        }
    }

    fn check_secret(&self, app: &App, given: &str) -> Result<(), Failure> {
        let Some(secret) = app.secrets.iter().find(|secret| secret.value.expose() == given) else {
            let text = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.",
                app.client_id
            );
            return Err(Failure::new(7_000_215, text));
        };
        let provoked = lock(&self.state).provoked(&Provoke::SecretExpired(app.client_id.clone()));
        if provoked || secret.expires.is_some_and(|end| end <= self.clock.now()) {
            let text = format!(
                "The provided client secret keys for app '{}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
                app.client_id
            );
            return Err(Failure::new(7_000_222, text));
        }
        Ok(())
    }
}

fn read(headers: &HeaderMap, form: &Params) -> Result<(String, Credential), Failure> {
    let malformed = || Failure::new(9_002_313, "Invalid request. Request is malformed or invalid.");
    let basic = match headers.get(AUTHORIZATION) {
        Some(header) => Some(
            basic(header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(malformed)?)
                .ok_or_else(malformed)?,
        ),
        None => None,
    };
    let in_form = form.get("client_id");
    let secret = form.get("client_secret");
    match (basic, in_form, secret, form.get("client_assertion")) {
        // RFC 6749 2.3: not more than one way at once
        (Some(_), _, Some(_), _) | (Some(_), _, _, Some(_)) | (None, _, Some(_), Some(_)) => Err(malformed()),
        (Some((id, _)), Some(other), ..) if id != other => Err(malformed()),
        (Some((id, secret)), ..) => Ok((id, Credential::Basic(secret))),
        (None, Some(id), Some(secret), None) => Ok((id.to_owned(), Credential::Body(secret.to_owned()))),
        (None, Some(id), None, Some(assertion)) => {
            if form.get("client_assertion_type") != Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
                return Err(Failure::missing("client_assertion_type"));
            }
            Ok((id.to_owned(), Credential::Assertion(assertion.to_owned())))
        }
        (None, Some(id), None, None) => Ok((id.to_owned(), Credential::None)),
        (None, None, ..) => Err(Failure::missing("client_id")),
    }
}

// RFC 6749 2.3.1: both halves are form-encoded before they are joined.
fn basic((scheme, encoded): (&str, &str)) -> Option<(String, String)> {
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode =
        |half: &str| percent_encoding::percent_decode_str(&half.replace('+', " ")).decode_utf8().ok().map(Into::into);
    Some((decode(id)?, decode(secret)?))
}
