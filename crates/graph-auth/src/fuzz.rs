//! Entry points for the fuzz targets to private readers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector_sdk::Secret;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use crate::refusal::Refusal;
use crate::token_response::TokenResponse;
use crate::{access_token_claims, json_body};

/// Reads the response of a token endpoint.
pub fn answer(body: &[u8]) {
    if let Ok(answer) = json_body::read::<TokenResponse>(body) {
        let _ = answer.read(Timestamp::UNIX_EPOCH);
    }
}

/// Reads a refusal.
///
/// # Panics
/// When a secret comes back.
pub fn refusal(body: &[u8]) {
    let secrets = [Secret::new("canary-in-the-request")];
    let refusal = Refusal::read(StatusCode::BAD_REQUEST, &HeaderMap::new(), body, &secrets);
    let _ = refusal.name();
    let told = format!("{:#}", refusal.into_error());
    assert!(!told.contains("canary-in-the-request"), "{told}");
}

/// Reads the claims of a token.
pub fn claims(claims: &[u8]) {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let token = Secret::new(format!("{}.{}.x", part(b"{\"alg\":\"RS256\"}"), part(claims)));
    if let Some(told) = access_token_claims::unverified_claims(&token) {
        let _ = told.granted();
        let _ = told.identity();
    }
    let _ = crate::is_application_token(&token);
}
