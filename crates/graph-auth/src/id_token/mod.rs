//! Validation of id tokens (OpenID Connect Core 3.1.3.7).
//!
//! Its signature is not verified: it comes straight from the token endpoint over TLS, which vouches for it,
//! and it is used for nothing but to learn who signed in. An unsigned token is refused nevertheless.

use connector_sdk::{Error, Result, Secret};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::authority::{PERSONAL_TENANT, is_guid, is_shared};
use crate::token_response::TokenResponse;
use crate::{Authority, Identity, jwt, random};

/// Tolerated difference between clocks.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Expected values that an id token is validated against.
pub(crate) struct ExpectedClaims<'a> {
    pub(crate) authority: &'a Authority,
    pub(crate) client_id: &'a str,
    /// Nonce of the sign-in; a refreshed token has none.
    pub(crate) nonce: Option<&'a Secret>,
    /// Issuer that the callback named.
    pub(crate) issuer: Option<&'a str>,
    /// Time at which the token must be valid, for a sign-in.
    pub(crate) now: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
    tid: Option<String>,
    oid: Option<String>,
    preferred_username: Option<String>,
    email: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Returns the identity in the id token of a response.
///
/// Entra always sends one, because `openid` is always asked for. Another provider may not, and then nobody is
/// known.
///
/// # Errors
/// `protocol` when it is missing at Entra, or not acceptable.
pub(crate) fn identity(answer: &TokenResponse, expected: &ExpectedClaims<'_>) -> Result<Option<Identity>> {
    match &answer.id_token {
        Some(token) => check(token, expected).map(Some),
        None if expected.authority.is_entra() => {
            Err(Error::protocol("the sign-in service does not say who signed in: there is no id token"))
        }
        None => Ok(None),
    }
}

/// Validates an id token and returns the identity.
///
/// # Errors
/// `protocol`, which names what is wrong and never the token.
fn check(token: &Secret, expected: &ExpectedClaims<'_>) -> Result<Identity> {
    let refuse = |why: &str| {
        Err(Error::protocol(format!("the id token is not acceptable: {why}"))
            .with_hint("Start the sign-in again. If it happens again, the sign-in service or something between is not what it should be."))
    };
    let Some(token) = jwt::read::<Claims>(token.expose()) else { return refuse("it cannot be read") };
    if !token.is_signed || token.algorithm.is_empty() || token.algorithm.eq_ignore_ascii_case("none") {
        return refuse("it is not signed");
    }
    let claims = token.claims;
    let authority = expected.authority;
    if !authority.accepts_issuer(&claims.iss, claims.tid.as_deref()) {
        return Err(another_issuer("the id token is not acceptable: it", &claims.iss, authority));
    }
    if expected.issuer.is_some_and(|issuer| issuer != claims.iss) && !authority.is_entra() {
        return refuse("it is of another issuer than the callback (`iss`)");
    }
    let (ours, alone) = match &claims.aud {
        Audience::One(aud) => (aud == expected.client_id, true),
        Audience::Many(all) => (all.iter().any(|aud| aud == expected.client_id), all.len() == 1),
    };
    let azp = claims.azp.as_deref();
    if !ours || (!alone && azp.is_none()) || azp.is_some_and(|azp| azp != expected.client_id) {
        return refuse("it is for another app (`aud`)");
    }
    let skew = SKEW.as_secs_f64();
    if let Some(now) = expected.now.map(|now| now.as_second() as f64)
        && (claims.exp + skew <= now || claims.nbf.is_some_and(|nbf| nbf - skew > now))
    {
        return refuse("it is not valid at this time (`exp`, `nbf`); check this machine's clock");
    }
    if let Some(nonce) = expected.nonce
        && !claims.nonce.as_deref().is_some_and(|given| random::same(given, nonce.expose()))
    {
        return refuse("it belongs to another sign-in (`nonce`)");
    }
    let username = claims.preferred_username.or(claims.email);
    if !authority.is_entra() {
        return Ok(Identity { tid: claims.iss, oid: claims.sub, username, name: claims.name });
    }
    let (Some(tid), Some(oid)) = (claims.tid.filter(|tid| is_guid(tid)), claims.oid.filter(|oid| is_guid(oid))) else {
        return refuse("it does not say who signed in (`tid`, `oid`)");
    };
    if !tenant_fits(authority.tenant(), &tid) {
        return refuse("it is of another tenant (`tid`) than the connection");
    }
    Ok(Identity { tid, oid, username, name: claims.name })
}

/// Creates the error for an unexpected issuer. It names both issuers, so that whoever knows better can say so.
pub(crate) fn another_issuer(what: &str, issuer: &str, authority: &Authority) -> Error {
    // It comes from outside.
    let named: String = issuer.chars().filter(|letter| !letter.is_control()).take(300).collect();
    Error::protocol(format!(
        "{what} is of another issuer (`iss`): `{named}`, and the connection expects {}",
        authority.expected_issuer()
    ))
    .with_hint(format!(
        "If `{named}` is the sign-in service that is meant, name it by the setting `issuer`. \
             Otherwise the service, or something between, is not what it should be."
    ))
}

// Whether an account of the tenant `tid` may have signed in under `asked`.
fn tenant_fits(asked: Option<&str>, tid: &str) -> bool {
    let personal = tid.eq_ignore_ascii_case(PERSONAL_TENANT);
    match asked {
        Some("consumers") => personal,
        Some("organizations") => !personal,
        // A domain does not tell the id; the issuer check has to do.
        Some(asked) if !is_shared(asked) && is_guid(asked) => asked.eq_ignore_ascii_case(tid),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
