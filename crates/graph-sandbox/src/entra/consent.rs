//! [Admin consent][1]: an administrator consents for everybody.
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/v2-admin-consent

use bytes::Bytes;
use http::{Method, Request, Response};
use url::Url;

use super::accounts::Authority;
use super::apps::Consent;
use super::errors::Failure;
use super::params::Params;
use super::scopes::Asked;
use super::{Entra, pages};
use crate::{lock, reply};

impl Entra {
    /// `/{tenant}/v2.0/adminconsent`. With `sandbox_auto=1` the administrator accepts at once.
    pub(crate) fn admin_consent(&self, origin: &str, segment: &str, request: &Request<Bytes>) -> Response<Bytes> {
        self.ask_administrator(origin, segment, request)
            .unwrap_or_else(|failure| pages::error(&failure.describe(&self.clock)))
    }

    fn ask_administrator(
        &self,
        origin: &str,
        segment: &str,
        request: &Request<Bytes>,
    ) -> Result<Response<Bytes>, Failure> {
        let query = Params::query(request)?;
        let tid = match self.authority(segment)? {
            Authority::Tenant(tid) => tid,
            Authority::Consumers => return Err(Failure::new(50_020, "Personal accounts have no administrator.")),
            _ => self.graph.tenant_id().to_owned(),
        };
        let app = self.app(query.need("client_id")?, segment)?;
        let redirect_uri = query.need("redirect_uri")?;
        let mut redirect = Url::parse(redirect_uri).ok().filter(|_| app.redirects_to(redirect_uri)).ok_or_else(|| {
            Failure::new(50_011, format!("The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the application '{}'.", app.client_id))
        })?;
        let scope = query.get("scope").unwrap_or("https://graph.microsoft.com/.default");
        let asked = Asked::read(scope, origin)?;
        let accepted = if request.method() == Method::POST {
            Params::form(request)?.get("decision") == Some("accept")
        } else if query.get("sandbox_auto") == Some("1") {
            true
        } else {
            return Ok(pages::admin_consent(&app, scope, request.uri()));
        };
        let mut answer = redirect.query_pairs_mut();
        if accepted {
            let mut names = asked.names;
            if let (true, Consent::Registered(registered)) = (asked.default, &app.consent) {
                names.extend(registered.iter().cloned());
            }
            lock(&self.state).admin_consents.entry(app.client_id).or_default().extend(names);
            answer.append_pair("admin_consent", "True").append_pair("tenant", &tid).append_pair("scope", scope);
        } else {
            let failure = Failure::new(65_004, "The resource owner or authorization server denied the request.");
            answer.append_pair("error", failure.error).append_pair("error_description", &failure.describe(&self.clock));
        }
        if let Some(state) = query.get("state") {
            answer.append_pair("state", state);
        }
        drop(answer);
        Ok(reply::redirect(redirect.as_str()))
    }
}
