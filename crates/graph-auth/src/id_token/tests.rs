use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector_sdk::Code;
use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::Cloud;
use crate::testing::{CLIENT, TENANT, USER, id_claims, now, token};

fn authority(tenant: &str) -> Authority {
    Authority::entra(&Url::parse(Cloud::Global.authority()).unwrap(), tenant)
}

fn checks(claims: &Value, tenant: &str, nonce: Option<&str>) -> Result<Identity> {
    let nonce = nonce.map(Secret::new);
    let authority = authority(tenant);
    let expected = ExpectedClaims {
        authority: &authority,
        client_id: CLIENT,
        nonce: nonce.as_ref(),
        issuer: None,
        now: Some(now()),
    };
    check(&Secret::new(token(claims)), &expected)
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = id_claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = id_claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

#[test]
fn a_right_one_says_who_signed_in() {
    for tenant in ["common", "organizations", TENANT, "contoso.com"] {
        let identity = checks(&id_claims(), tenant, None).unwrap();
        assert_eq!((identity.tid.as_str(), identity.oid.as_str()), (TENANT, USER));
        assert_eq!(identity.username.as_deref(), Some("megan@contoso.com"));
    }
    assert!(checks(&with("nonce", "n".into()), "common", Some("n")).is_ok());
    let mut many = with("aud", json!([CLIENT, "other"]));
    many["azp"] = CLIENT.into();
    assert!(checks(&many, "common", None).is_ok());
}

#[test]
fn anything_else_is_refused() {
    let other = "aaaaaaaa-604b-40ac-a9d7-9fd97c0b779f";
    let past = now().as_second() - 301;
    for (claims, tenant) in [
        (with("iss", format!("https://login.microsoftonline.com/{other}/v2.0").into()), "common"),
        (with("iss", format!("https://evil.example/{TENANT}/v2.0").into()), "common"),
        (with("iss", "".into()), "common"),
        (with("tid", other.into()), "common"),
        (without("tid"), "common"),
        (with("tid", "../x".into()), "common"),
        (without("oid"), "common"),
        (with("oid", "megan@contoso.com".into()), "common"),
        (without("aud"), "common"),
        (with("aud", other.into()), "common"),
        (with("aud", json!([])), "common"),
        (with("aud", json!([CLIENT, "other"])), "common"),
        (with("azp", "other".into()), "common"),
        (without("exp"), "common"),
        (with("exp", past.into()), "common"),
        (with("exp", "never".into()), "common"),
        (with("nbf", (now().as_second() + 301).into()), "common"),
        (id_claims(), "consumers"),
        (id_claims(), other),
    ] {
        let error = checks(&claims, tenant, None).unwrap_err();
        assert_eq!(error.code(), Code::Protocol, "{claims}");
    }
    for nonce in [json!("m"), json!(""), Value::Null] {
        assert!(checks(&with("nonce", nonce), "common", Some("n")).is_err());
    }
}

#[test]
fn personal_accounts_are_of_one_tenant() {
    let mut personal = with("tid", PERSONAL_TENANT.into());
    personal["iss"] = format!("https://login.microsoftonline.com/{PERSONAL_TENANT}/v2.0").into();
    assert!(checks(&personal, "common", None).unwrap().is_personal());
    assert!(checks(&personal, "consumers", None).is_ok());
    assert!(checks(&personal, "organizations", None).is_err());
}

#[test]
fn an_unsigned_one_is_refused() {
    let claims = URL_SAFE_NO_PAD.encode(id_claims().to_string());
    let authority = authority("common");
    let expected =
        ExpectedClaims { authority: &authority, client_id: CLIENT, nonce: None, issuer: None, now: Some(now()) };
    for (header, signature) in
        [(r#"{"alg":"none"}"#, "c2ln"), (r#"{"alg":"None"}"#, "c2ln"), ("{}", "c2ln"), (r#"{"alg":"RS256"}"#, "")]
    {
        let token = Secret::new(format!("{}.{claims}.{signature}", URL_SAFE_NO_PAD.encode(header)));
        assert!(check(&token, &expected).is_err(), "{header}");
    }
    for garbage in ["", "a.b.c", "…", &token(&json!([1]))] {
        let error = check(&Secret::new(garbage), &expected).unwrap_err();
        assert!(garbage.len() < 6 || !error.to_string().contains(garbage));
    }
}

#[test]
fn another_provider_is_known_by_issuer_and_subject() {
    let at = |path: &str| Url::parse(&format!("https://id.example/{path}")).unwrap();
    let authority = authority("common").authorize_at(at("auth")).token_at(at("token"));
    let claims = json!({ "iss": "https://id.example", "sub": "u1", "aud": "app", "exp": now().as_second() + 60, "email": "a@b.example" });
    let mut expected =
        ExpectedClaims { authority: &authority, client_id: "app", nonce: None, issuer: None, now: Some(now()) };
    let identity = check(&Secret::new(token(&claims)), &expected).unwrap();
    assert_eq!((identity.tid.as_str(), identity.oid.as_str()), ("https://id.example", "u1"));
    let elsewhere = json!({ "iss": "https://id.elsewhere", "sub": "u1", "aud": "app", "exp": now().as_second() + 60 });
    let error = check(&Secret::new(token(&elsewhere)), &expected).unwrap_err();
    assert!(
        error.message().contains("https://id.elsewhere") && error.message().contains("https://id.example"),
        "{error}"
    );
    assert!(error.advice().contains("the setting `issuer`"), "{}", error.advice());
    expected.issuer = Some("https://id.example/other");
    assert!(check(&Secret::new(token(&claims)), &expected).is_err());
}
