//! The authorize endpoint: [a user signs in with a browser][1].
//!
//! A person gets a page to choose an account and to consent. A test adds `sandbox_auto=1` to the URL,
//! and is sent on at once as the user of `login_hint`, or as the first one.
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};
use url::Url;

use super::accounts::{Account, Authority};
use super::apps::{App, Consent};
use super::errors::{Failure, elsewhere, no_consent};
use super::grant::{Challenge, Code, Grant, Provider};
use super::params::Params;
use super::provoke::Provoke;
use super::scopes::Asked;
use super::{Entra, pages};
use crate::{lock, reply};

/// A checked authorization request.
struct Ask {
    provider: Provider,
    authority: Authority,
    app: App,
    redirect: Url,
    redirect_uri: String,
    fragment: bool,
    state: Option<String>,
    issuer: String,
}

impl Entra {
    /// `/{tenant}/oauth2/v2.0/authorize`, and the authorize endpoint of the other provider.
    pub(crate) fn authorize(
        &self,
        provider: Provider,
        origin: &str,
        segment: &str,
        request: &Request<Bytes>,
    ) -> Response<Bytes> {
        // what cannot be answered to a known address is shown to the person
        let (ask, query) = match self.read_ask(provider, origin, segment, request) {
            Ok(read) => read,
            Err(failure) => return pages::error(&failure.describe(&self.clock)),
        };
        match self.decide(origin, &ask, &query, request) {
            Ok(Step::Send(pairs)) => ask.answer(&pairs),
            Ok(Step::Show(page)) => page,
            Err(failure) if matches!(failure.number, 50_020 | 50_034 | 50_057) => {
                pages::error(&failure.describe(&self.clock))
            }
            Err(failure) => {
                let error = if ask.provider == Provider::Entra { failure } else { failure.standard() };
                ask.answer(&[("error", error.error.to_owned()), ("error_description", error.describe(&self.clock))])
            }
        }
    }

    fn read_ask(
        &self,
        provider: Provider,
        origin: &str,
        segment: &str,
        request: &Request<Bytes>,
    ) -> Result<(Ask, Params), Failure> {
        let query = Params::query(request)?;
        let authority = if provider == Provider::Oidc { Authority::Common } else { self.authority(segment)? };
        let app = self.app(query.need("client_id")?, segment)?;
        if provider == Provider::Entra {
            self.check_audience(&app, &authority)?;
        }
        let redirect_uri = query.need("redirect_uri")?.to_owned();
        let redirect = Url::parse(&redirect_uri).ok().filter(|_| app.redirects_to(&redirect_uri)).ok_or_else(|| {
            let text = format!("The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the application '{}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.", app.client_id);
            Failure::new(50_011, text)
        })?;
        let fragment = query.get("response_mode") == Some("fragment");
        let state = query.get("state").map(str::to_owned);
        let issuer = format!("{origin}/oidc");
        Ok((Ask { provider, authority, app, redirect, redirect_uri, fragment, state, issuer }, query))
    }

    fn decide(&self, origin: &str, ask: &Ask, query: &Params, request: &Request<Bytes>) -> Result<Step, Failure> {
        let kind = query.need("response_type")?;
        if kind != "code" {
            let text = format!("response_type '{kind}' is not enabled for the application.");
            return Err(Failure::new(700_054, text));
        }
        if !matches!(query.get("response_mode"), None | Some("query" | "fragment")) {
            return Err(Failure::new(900_144, "The sandbox answers with the response_mode 'query' or 'fragment'."));
        }
        let asked = Asked::read(query.need("scope")?, origin)?;
        let challenge = challenge(ask.provider, query)?;
        let none = query.get("prompt") == Some("none");
        let auto = query.get("sandbox_auto") == Some("1");
        let (name, accepted) = if request.method() == Method::POST {
            let form = Params::form(request)?;
            (Some(form.need("user")?.to_owned()), form.get("decision") == Some("accept"))
        } else if auto || none {
            if none && query.get("login_hint").is_none() {
                let text = "Session information is not sufficient for single-sign-on.";
                return Err(Failure::new(50_058, text));
            }
            (query.get("login_hint").map(str::to_owned), true)
        } else {
            let names: Vec<String> = asked.names.iter().cloned().collect();
            return Ok(Step::Show(pages::sign_in(
                &ask.app,
                &self.choices(ask),
                query.get("login_hint"),
                &names,
                request.uri(),
            )));
        };
        if !accepted {
            return Err(Failure::new(65_004, "User declined to consent to access the app."));
        }
        let account = match name {
            Some(name) => self.account(&name).ok_or_else(|| {
                Failure::new(50_034, format!("The user account '{name}' does not exist in the directory."))
            })?,
            None => {
                self.choices(ask).into_iter().next().ok_or_else(|| Failure::new(50_034, "The sandbox has no users."))?
            }
        };
        let code = self.code(ask, account, asked, challenge, query.get("nonce"), none)?;
        Ok(Step::Send(vec![("code", code)]))
    }

    // Who may sign in there.
    fn choices(&self, ask: &Ask) -> Vec<Account> {
        let others = lock(&self.state).accounts.others().to_vec();
        let all = self.people().into_iter().chain(others);
        all.filter(|account| ask.authority.admits(&account.tid) && ask.app.admits(&account.tid)).collect()
    }

    fn code(
        &self,
        ask: &Ask,
        account: Account,
        asked: Asked,
        challenge: Option<Challenge>,
        nonce: Option<&str>,
        silent: bool,
    ) -> Result<String, Failure> {
        if ask.provider == Provider::Entra && !(ask.authority.admits(&account.tid) && ask.app.admits(&account.tid)) {
            return Err(elsewhere(&account, &ask.app));
        }
        let grant = self.grant(ask.provider, &ask.app, account, asked, silent)?;
        let code = format!("1.{}", super::jwt::text(&reply::random::<48>()));
        let mut state = lock(&self.state);
        let issued = self.clock.now();
        let nonce = nonce.map(str::to_owned);
        let redirect_uri = ask.redirect_uri.clone();
        state.codes.insert(code.clone(), Code { grant, redirect_uri, challenge, nonce, issued, redeemed: false });
        Ok(code)
    }

    /// A user signs in to an app and consents to what it asks for. `silent`: there is nobody to ask.
    pub(crate) fn grant(
        &self,
        provider: Provider,
        app: &App,
        account: Account,
        asked: Asked,
        silent: bool,
    ) -> Result<Arc<Grant>, Failure> {
        let mut state = lock(&self.state);
        state.check_account(&account.oid)?;
        let consented = state.consented(&app.client_id, &account.oid);
        let names =
            if asked.default || asked.names.is_empty() { default_names(app, &consented) } else { asked.names.clone() };
        let missing: BTreeSet<String> = names.difference(&consented).cloned().collect();
        if silent && !missing.is_empty() {
            return Err(no_consent(&app.client_id, &app.name));
        }
        let administrator = match &app.consent {
            Consent::Users => state.provoked(&Provoke::AdminConsentRequired(app.client_id.clone())),
            Consent::Registered(registered) => !missing.iter().all(|name| registered.contains(name)),
            Consent::Administrator => true,
        };
        if administrator && !missing.is_empty() {
            let text = format!(
                "{} needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.",
                app.name
            );
            return Err(Failure::new(90_094, text));
        }
        state.consents.entry((app.client_id.clone(), account.oid.clone())).or_default().extend(missing);
        let number = state.next();
        Ok(Arc::new(Grant { number, provider, client_id: app.client_id.clone(), account, asked, names }))
    }
}

enum Step {
    Send(Vec<(&'static str, String)>),
    Show(Response<Bytes>),
}

impl Ask {
    // Back to the app.
    fn answer(&self, pairs: &[(&'static str, String)]) -> Response<Bytes> {
        let mut answer = url::form_urlencoded::Serializer::new(String::new());
        answer.extend_pairs(pairs);
        if let Some(state) = &self.state {
            answer.append_pair("state", state);
        }
        match self.provider {
            Provider::Entra => answer.append_pair("session_state", &reply::guid()),
            // RFC 9207
            Provider::Oidc => answer.append_pair("iss", &self.issuer),
        };
        let answer = answer.finish();
        let mut redirect = self.redirect.clone();
        if self.fragment {
            redirect.set_fragment(Some(&answer));
        } else {
            let query = redirect
                .query()
                .filter(|query| !query.is_empty())
                .map_or_else(|| answer.clone(), |query| format!("{query}&{answer}"));
            redirect.set_query(Some(&query));
        }
        reply::redirect(redirect.as_str())
    }
}

fn challenge(provider: Provider, query: &Params) -> Result<Option<Challenge>, Failure> {
    let Some(text) = query.get("code_challenge") else {
        return match provider {
            Provider::Entra => Ok(None),
            Provider::Oidc => Err(Failure::missing("code_challenge")),
        };
    };
    if !(43..=128).contains(&text.len()) {
        return Err(Failure::new(501_491, "Invalid size of Code_Challenge parameter."));
    }
    match query.get("code_challenge_method") {
        Some("S256") => Ok(Some(Challenge::S256(text.to_owned()))),
        None | Some("plain") if provider == Provider::Entra => Ok(Some(Challenge::Plain(text.to_owned()))),
        _ => Err(Failure::new(9_002_313, "Invalid request. The code_challenge_method is not supported.")),
    }
}

// `.default` is what the app is registered for, and what was consented to before.
fn default_names(app: &App, consented: &BTreeSet<String>) -> BTreeSet<String> {
    let mut names = consented.clone();
    if let Consent::Registered(registered) = &app.consent {
        names.extend(registered.iter().cloned());
    }
    if names.is_empty() {
        names.insert("User.Read".to_owned());
    }
    names
}
