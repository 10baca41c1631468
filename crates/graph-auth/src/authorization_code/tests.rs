use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::*;
use crate::Reason;
use crate::testing::{CLIENT, Scripted, TENANT, checked, id_claims, now, run, token};

fn connected(more: Value) -> Checked {
    let mut all = json!({ "method": "authorization_code", "clientSecret": "s3cret" });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    checked(all)
}

fn listener() -> Url {
    Url::parse("http://localhost:51234/callback").unwrap()
}

fn begun(connection: &Checked) -> StartedSignIn {
    begin(connection, Some(&listener()), None, now()).unwrap()
}

fn query(url: &Url) -> HashMap<String, String> {
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let map: HashMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(map.len(), pairs.len(), "a parameter is there twice");
    map
}

fn answer(pending: &Pending) -> Value {
    let mut claims = id_claims();
    claims["nonce"] = pending.nonce.expose().into();
    json!({ "token_type": "Bearer", "access_token": "canary-access", "refresh_token": "canary-refresh", "expires_in": "3600",
        "scope": "Mail.Send User.Read", "id_token": token(&claims) })
}

fn callback(pending: &Pending, more: &str) -> Callback {
    Callback::parse(&format!("code=canary-code&state={}{more}", pending.state().expose())).unwrap()
}

fn refused(connection: &Checked, pending: Pending, callback: Callback, at: Timestamp) -> Error {
    let service = Scripted::default();
    let failure = run(finish(&service, connection, pending, callback, GrantContext::at(at))).unwrap_err();
    assert!(service.seen().is_empty(), "the code left");
    failure.into()
}

#[test]
fn an_address_without_a_port_gets_the_listeners() {
    for (own, expected) in [
        ("http://localhost", "http://localhost:51234/"),
        ("http://localhost/cb", "http://localhost:51234/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb"),
        ("http://localhost:5/cb", "http://localhost:5/cb"),
        ("https://contoso.example/cb", "https://contoso.example/cb"),
    ] {
        let StartedSignIn { url, pending } = begun(&connected(json!({ "redirectUri": own })));
        assert_eq!((query(&url)["redirect_uri"].as_str(), pending.redirect_uri()), (expected, expected));
    }
}

#[test]
fn the_browser_gets_all_that_the_protocol_asks_for() {
    let connection =
        connected(json!({ "extraParameters": { "prompt": "select_account", "domain_hint": "contoso.com" } }));
    let StartedSignIn { url, pending } = begun(&connection);
    assert!(url.as_str().starts_with("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?"));
    let query = query(&url);
    for (name, value) in [
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", "http://localhost:51234/callback"),
        ("response_mode", "query"),
        ("scope", "Mail.Send User.Read offline_access openid profile"),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
        ("domain_hint", "contoso.com"),
        ("claims", r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#),
    ] {
        assert_eq!(query[name], value);
    }
    assert_eq!((query["state"].len(), query["nonce"].len(), query["code_challenge"].len()), (43, 43, 43));
    // RFC 7636 4.2
    let digest = Sha256::digest(pending.verifier.expose());
    assert_eq!(query["code_challenge"], URL_SAFE_NO_PAD.encode(digest));
    assert_eq!(pending.verifier.expose().len(), 43);
    assert!(!url.as_str().contains("s3cret") && !url.as_str().contains(pending.verifier.expose()));
    assert_ne!(begun(&connection).pending, pending);
}

#[test]
fn a_code_becomes_tokens() {
    let connection = connected(json!({}));
    let pending = begun(&connection).pending;
    let service = Scripted::answering(200, &answer(&pending));
    let (callback, verifier) = (callback(&pending, "&session_state=x"), pending.verifier.clone());
    let tokens = run(finish(&service, &connection, pending, callback, GrantContext::at(now()))).unwrap();
    assert_eq!(
        (tokens.access.expose(), tokens.refresh.as_ref().unwrap().expose()),
        ("canary-access", "canary-refresh")
    );
    assert_eq!(tokens.identity.as_ref().unwrap().tid, TENANT);
    assert!(tokens.granted().unwrap().has("Mail.Send"));
    assert!(!format!("{tokens:?}").contains("canary"));
    let sent = service.only();
    assert_eq!(
        (sent.method.as_str(), sent.url.as_str()),
        ("POST", "https://login.microsoftonline.com/common/oauth2/v2.0/token")
    );
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("code", "canary-code"),
        ("redirect_uri", "http://localhost:51234/callback"),
        ("client_id", CLIENT),
        ("client_secret", "s3cret"),
        ("code_verifier", verifier.expose()),
    ] {
        assert_eq!(sent.field(name), Some(value));
    }
}

#[test]
fn only_the_answer_to_this_sign_in_counts() {
    let connection = connected(json!({}));
    let other = begun(&connection).pending;
    let pending = begun(&connection).pending;
    let foreign = callback(&other, "");
    assert!(!pending.is_answered_by(&foreign) && pending.is_answered_by(&callback(&pending, "")));
    assert!(refused(&connection, pending, foreign, now()).message().contains("another sign-in"));

    let pending = begun(&connection).pending;
    let answer = callback(&pending, "");
    assert!(refused(&connection, pending, answer, now() + LIFETIME).message().contains("ten minutes"));

    let pending = begun(&connection).pending;
    let answer = callback(&pending, "&iss=https%3A%2F%2Fevil.example");
    assert!(refused(&connection, pending, answer, now()).message().contains("`iss`"));

    let pending = begun(&connection).pending;
    let answer = callback(&pending, "");
    let moved = connected(json!({ "authorityUrl": "https://evil.example" }));
    assert!(refused(&moved, pending, answer, now()).message().contains("changed"));
}

#[test]
fn callbacks_that_are_none() {
    for bad in [
        "",
        "code=a",
        "state=a",
        "state=&code=a",
        "state=a&code=",
        "state=a&code=b&code=c",
        "state=a&state=a&code=b",
        "state=a&code=b&iss=x&iss=x",
        "state=a&code=b&error=c",
        "state=a&error=b&error=c",
    ] {
        let error = Callback::parse(bad).unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{bad}");
    }
    assert!(Callback::parse(&format!("state=a&code={}", "x".repeat(100_000))).is_err());
    let callback = Callback::parse("state=canary&code=canary").unwrap();
    assert!(!format!("{callback:?}").contains("canary"));
}

#[test]
fn a_refusal_through_the_browser_says_who_acts() {
    let connection = connected(json!({}));
    let refusal = |query: &str| {
        let pending = begun(&connection).pending;
        let callback = Callback::parse(&format!("{query}&state={}", pending.state().expose())).unwrap();
        run(finish(&Scripted::default(), &connection, pending, callback, GrantContext::at(now()))).unwrap_err()
    };
    let declined =
        refusal("error=access_denied&error_description=AADSTS65004%3A+User+declined+to+consent.%0D%0ATrace+ID%3A+1");
    assert_eq!(declined.reason(), Some(Reason::Declined));
    let error = Error::from(declined);
    assert_eq!(error.upstream().unwrap().message.as_deref(), Some("AADSTS65004: User declined to consent."));
    assert_eq!(refusal("error=consent_required&error_description=AADSTS90094:+x").reason(), Some(Reason::AdminConsent));
    assert_eq!(refusal("error=temporarily_unavailable").reason(), Some(Reason::Passing));
}

#[test]
fn the_id_token_must_be_of_this_sign_in() {
    let connection = connected(json!({}));
    let attempt = |change: &dyn Fn(&mut Value)| {
        let pending = begun(&connection).pending;
        let mut answer = answer(&pending);
        change(&mut answer);
        let service = Scripted::answering(200, &answer);
        let callback = callback(&pending, "");
        Error::from(run(finish(&service, &connection, pending, callback, GrantContext::at(now()))).unwrap_err())
    };
    let foreign = attempt(&|answer| answer["id_token"] = token(&id_claims()).into());
    assert!(foreign.message().contains("nonce"));
    let missing = attempt(&|answer| {
        answer.as_object_mut().unwrap().remove("id_token");
    });
    assert_eq!(missing.code(), Code::Protocol);
}

#[test]
fn another_provider_may_name_itself() {
    let connection = connected(json!({ "clientId": "a:b c", "clientSecret": "p:w %&+é", "clientAuthStyle": "basic",
        "authorizeUrl": "https://id.example/auth?p=1", "tokenUrl": "https://id.example/token" }));
    let StartedSignIn { url, pending } = begun(&connection);
    assert_eq!((query(&url)["p"].as_str(), query(&url).contains_key("claims")), ("1", false));
    let claims = json!({ "iss": "https://id.example", "sub": "u", "aud": "a:b c", "exp": now().as_second() + 60, "nonce": pending.nonce.expose() });
    let service =
        Scripted::answering(200, &json!({ "access_token": "t", "token_type": "bearer", "id_token": token(&claims) }));
    let callback = callback(&pending, "&iss=https%3A%2F%2Fid.example");
    let tokens = run(finish(&service, &connection, pending, callback, GrantContext::at(now()))).unwrap();
    assert_eq!(tokens.granted.unwrap(), connection.scopes, "no scope in the answer: all were granted");
    assert_eq!(tokens.identity.unwrap().oid, "u");
    let sent = service.only();
    let expected = STANDARD.encode("a%3Ab+c:p%3Aw+%25%26%2B%C3%A9");
    assert_eq!(sent.headers["authorization"], format!("Basic {expected}"));
    assert!(sent.headers["authorization"].is_sensitive());
    assert_eq!((sent.field("client_id"), sent.field("client_secret"), sent.field("scope")), (None, None, None));
}

#[test]
fn a_begun_sign_in_can_be_kept() {
    let connection = connected(json!({}));
    let pending = begun(&connection).pending;
    let sealed = pending.to_sealed_json();
    assert_eq!(Pending::from_sealed_json(&sealed).unwrap(), pending);
    let shown = format!("{pending:?} {sealed:?}");
    for secret in [&pending.state, &pending.verifier, &pending.nonce] {
        assert!(!shown.contains(secret.expose()));
    }
}

#[test]
fn the_way_back_must_be_known() {
    let connection = connected(json!({}));
    assert_eq!(begin(&connection, None, None, now()).unwrap_err().violations()[0].pointer, "/redirectUri");
    let plain = Url::parse("http://example.com/callback").unwrap();
    assert!(begin(&connection, Some(&plain), None, now()).is_err());
    let own = connected(json!({ "redirectUri": "https://app.example/callback" }));
    assert_eq!(begun(&own).pending.redirect_uri(), "https://app.example/callback");
    let challenge = r#"{"access_token":{"acrs":{"value":"c1"}}}"#;
    let claims = begin(&connection, Some(&listener()), Some(challenge), now()).unwrap();
    assert!(query(&claims.url)["claims"].contains("acrs"));
}

#[test]
fn no_secret_comes_back_in_an_error() {
    let connection = connected(json!({}));
    let pending = begun(&connection).pending;
    let verifier = pending.verifier.clone();
    let said = format!("AADSTS70000: bad code canary-code, secret s3cret, verifier {}", verifier.expose());
    let service = Scripted::answering(
        400,
        &json!({ "error": "invalid_grant", "error_description": said, "error_codes": [70000] }),
    );
    let callback = callback(&pending, "");
    let failure = run(finish(&service, &connection, pending, callback, GrantContext::at(now()))).unwrap_err();
    let error = Error::from(failure.clone());
    let shown = format!("{failure:?} {error} {error:?} {}", serde_json::to_string(&error).unwrap());
    for secret in ["canary-code", "s3cret", verifier.expose()] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(error.upstream().unwrap().request_id.as_deref(), Some("request-1"));
}
