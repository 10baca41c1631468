//! Sign-in of a user with a browser: authorization code with PKCE (RFC 6749 4.1, RFC 7636, RFC 9700).
//!
//! [`begin`] makes the address for the browser and what must be kept until it returns. [`Callback::parse`]
//! reads what it returns with, and [`finish`] redeems the code. A state is 256 random bits, lives ten minutes
//! and is used once: `finish` consumes it.
//!
//! See [the flow as Microsoft has it][1].
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow

use std::fmt;

use connector_sdk::{Code, Error, Result, Secret, Transport, is_loopback};
use jiff::{SignedDuration, Timestamp};
use oauth2::{
    AuthUrl, AuthorizationCode, CodeTokenRequest, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use crate::claims::{self, Capability};
use crate::client::{Extra, client, client_at, scopes};
use crate::id_token::{self, ExpectedClaims};
use crate::oauth_http::OauthHttp;
use crate::refusal::{Failure, Refusal, RefusalBody};
use crate::sealed::Sealer;
use crate::token_http::unwritable;
use crate::{Checked, GrantContext, TokenSet, address, metadata, random};

/// Maximum duration of a sign-in: 10 minutes.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// Length of a state, in random bytes.
const STATE: u32 = 32;

/// Maximum length of a callback, in bytes. Entra's codes are one or two kilobytes.
const LONGEST_CALLBACK: usize = 16 << 10;

/// A sign-in that has begun: the browser's address and the state to keep.
#[derive(Debug)]
pub struct StartedSignIn {
    /// Address for the browser.
    pub url: Url,
    /// State to keep, out of the browser's reach, until the callback comes.
    pub pending: Pending,
}

/// State that is kept until the callback comes.
///
/// It is not `Clone`, and [`finish`] takes it by value: a state is good for one callback.
#[derive(PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    state: Secret,
    verifier: Secret,
    nonce: Secret,
    redirect_uri: String,
    // Where the code must be redeemed, and for which app: not wherever the connection points by then.
    token_url: String,
    client_id: String,
    created: Timestamp,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("redirect_uri", &self.redirect_uri)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

impl Pending {
    /// Returns the `state` parameter, under which a host with several sign-ins keeps this one.
    pub fn state(&self) -> &Secret {
        &self.state
    }
    /// Returns when the sign-in began.
    pub fn created(&self) -> Timestamp {
        self.created
    }
    /// Returns the redirect URI, where the browser returns.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }
    /// Returns whether a callback belongs to this sign-in. A listener ignores those that do not, so that a stranger's
    /// callback cannot end it.
    pub fn is_answered_by(&self, callback: &Callback) -> bool {
        random::same(self.state.expose(), callback.state.expose())
    }
    /// Returns whether the sign-in has expired.
    pub fn is_over(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.created);
        age >= LIFETIME || age <= -LIFETIME
    }

    /// Serializes the state **with its secrets**, for the vault and for nothing else.
    pub fn to_sealed_json(&self) -> Secret {
        let Pending { state, verifier, nonce, redirect_uri, token_url, client_id, created } = self;
        Sealer::with_secrets()
            .secret("state", &Some(state.clone()))
            .secret("verifier", &Some(verifier.clone()))
            .secret("nonce", &Some(nonce.clone()))
            .put("redirectUri", redirect_uri)
            .put("tokenUrl", token_url)
            .put("clientId", client_id)
            .put("created", created)
            .into_secret()
    }
    /// Deserializes what [`to_sealed_json`](Pending::to_sealed_json) wrote.
    ///
    /// # Errors
    /// `not_connected` when it is something else; the content is not quoted.
    pub fn from_sealed_json(sealed: &Secret) -> Result<Pending> {
        serde_json::from_str(sealed.expose()).map_err(|_| {
            Error::new(Code::NotConnected, "the stored sign-in cannot be read").with_hint("Start the sign-in again.")
        })
    }
}

/// Begins a sign-in. `redirect_uri` is where the host listens; the connection's own overrides it, except that one on
/// this machine without a port gets the listener's (RFC 8252 7.3).
///
/// `claims` is what a challenge or a refusal asked for, when the user signs in because of it.
///
/// # Errors
/// `invalid_input` when there is no redirect address, or one that is neither https nor this machine.
pub fn begin(
    connection: &Checked,
    redirect_uri: Option<&Url>,
    claims: Option<&str>,
    now: Timestamp,
) -> Result<StartedSignIn> {
    let redirect_uri = match (&connection.redirect_uri, redirect_uri) {
        (Some(own), Some(listener)) => with_port_of(own, listener),
        (own, listener) => own
            .as_ref()
            .or(listener)
            .cloned()
            .ok_or_else(|| Error::invalid("/redirectUri", "is needed: the address to which the browser returns"))?,
    };
    address::read(redirect_uri.as_str()).map_err(|why| Error::invalid("/redirectUri", why))?;
    let client_id = connection.client_id.clone().ok_or_else(|| Error::bug("a sign-in without a client id"))?;
    let capability = connection.authority.is_entra().then_some(Capability);
    let claims = claims::merge(capability, connection.claims.as_deref(), claims)?;
    let nonce = random::token()?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let client = client(connection)?
        .set_auth_uri(AuthUrl::from_url(connection.authority.authorize_url()))
        .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
    let mut request = client
        .authorize_url(|| CsrfToken::new_random_len(STATE))
        .add_scopes(scopes(&connection.scope))
        .set_pkce_challenge(challenge)
        .add_extra_param("response_mode", "query")
        .add_extra_param("nonce", nonce.expose());
    if let Some(claims) = &claims {
        request = request.add_extra_param("claims", claims);
    }
    for (name, value) in &connection.extra_parameters {
        request = request.add_extra_param(name, value);
    }
    let (url, state) = request.url();
    let pending = Pending {
        state: Secret::new(state.into_secret()),
        verifier: Secret::new(verifier.into_secret()),
        nonce,
        redirect_uri: redirect_uri.to_string(),
        token_url: connection.authority.token_url().into(),
        client_id,
        created: now,
    };
    Ok(StartedSignIn { url, pending })
}

/// Returns the registered address with the port of the listener.
fn with_port_of(own: &Url, listener: &Url) -> Url {
    let mut address = own.clone();
    if own.scheme() == "http" && own.port().is_none() && is_loopback(own) && is_loopback(listener) {
        // It has a host, so it can have a port.
        let _ = address.set_port(listener.port());
    }
    address
}

/// Parameters that the browser returned with.
#[derive(Clone)]
pub struct Callback {
    state: Secret,
    issuer: Option<String>,
    outcome: Result<Secret, Box<Refusal>>,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("refused", &self.outcome.is_err()).finish_non_exhaustive()
    }
}

impl Callback {
    /// Parses the query of a callback: what follows the `?`, or the body of a `form_post`.
    ///
    /// # Errors
    /// `invalid_input` when it is no answer to a sign-in: too long, a parameter twice (RFC 6749 3.1), no
    /// state, neither code nor error, or both.
    pub fn parse(query: &str) -> Result<Callback> {
        let refuse = |why: &str| Error::invalid("", format!("this is not an answer to a sign-in: {why}"));
        if query.len() > LONGEST_CALLBACK {
            return Err(refuse("it is too long"));
        }
        let (mut state, mut code, mut issuer, mut error, mut description, mut suberror, mut claims) =
            Default::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place: &mut Option<String> = match &*name {
                "state" => &mut state,
                "code" => &mut code,
                "iss" => &mut issuer,
                "error" => &mut error,
                "error_description" => &mut description,
                "error_subcode" | "suberror" => &mut suberror,
                "claims" => &mut claims,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(refuse("a parameter is there twice"));
            }
        }
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let state = given(state).ok_or_else(|| refuse("it has no state"))?;
        let outcome = match (given(code), given(error)) {
            (Some(code), None) => Ok(Secret::new(code)),
            (None, Some(error)) => {
                let body =
                    RefusalBody { error, error_description: description, suberror, claims, ..RefusalBody::default() };
                Err(Box::new(Refusal::of_callback(body)))
            }
            (Some(_), Some(_)) => return Err(refuse("it has a code and an error")),
            (None, None) => return Err(refuse("it has neither a code nor an error")),
        };
        Ok(Callback { state: Secret::new(state), issuer, outcome })
    }

    /// Returns the `state` parameter, by which a host finds the sign-in.
    pub fn state(&self) -> &Secret {
        &self.state
    }
}

/// Redeems the code of a callback.
///
/// # Errors
/// `not_connected` when the callback belongs to another sign-in or came too late, and whatever the sign-in
/// service refuses with. The state is spent either way.
pub async fn finish(
    transport: &dyn Transport,
    connection: &Checked,
    pending: Pending,
    callback: Callback,
    given: GrantContext<'_>,
) -> Result<TokenSet, Failure> {
    let again = |why: &str| {
        Error::new(Code::NotConnected, format!("the sign-in cannot be finished: {why}"))
            .with_hint("Start the sign-in again.")
    };
    if !pending.is_answered_by(&callback) {
        return Err(again("the answer belongs to another sign-in").into());
    }
    if pending.is_over(given.now) {
        return Err(again("it took longer than ten minutes").into());
    }
    // A connection that was pointed elsewhere meanwhile must not get this code (RFC 9700 4.4, mix-up).
    if pending.token_url != connection.authority.token_url().as_str()
        || Some(&pending.client_id) != connection.client_id.as_ref()
    {
        return Err(again("the connection was changed meanwhile").into());
    }
    if let Some(issuer) =
        callback.issuer.as_ref().filter(|issuer| !connection.authority.accepts_callback_issuer(issuer))
    {
        return Err(id_token::another_issuer("the answer", issuer, &connection.authority).into());
    }
    if callback.issuer.is_none()
        && let Some(issuer) = connection.authority.issuer()
        && metadata::names_itself(transport, issuer).await?
    {
        return Err(again(
            "the answer does not say which sign-in service it comes from (`iss`), and this one always does",
        )
        .into());
    }
    let code = callback.outcome.map_err(Failure::Refused)?;
    let url = connection.authority.token_url();
    let mut extra = Extra::proof(connection, &url, &given)?;
    if connection.authority.is_entra() {
        let claims = claims::merge(Some(Capability), connection.claims.as_deref(), given.claims)?;
        extra = extra.and("scope", Some(&connection.scope)).and("claims", claims);
    }
    let redirect_uri = RedirectUrl::new(pending.redirect_uri).map_err(unwritable)?;
    let client = client_at(connection, &url)?.set_redirect_uri(redirect_uri);
    let request = client
        .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.expose().to_owned()));
    let wire = OauthHttp::new(transport, connection);
    let answer = extra.add_to(request, CodeTokenRequest::add_extra_param).request_async(&wire).await;
    let answer = wire.read(answer)?;
    let mut tokens = answer.read(given.now)?;
    let expected = ExpectedClaims {
        authority: &connection.authority,
        client_id: &pending.client_id,
        nonce: Some(&pending.nonce),
        issuer: callback.issuer.as_deref(),
        now: Some(given.now),
    };
    tokens.identity = id_token::identity(&answer, &expected)?;
    tokens.fill_defaults(connection);
    Ok(tokens)
}

#[cfg(test)]
mod tests;
