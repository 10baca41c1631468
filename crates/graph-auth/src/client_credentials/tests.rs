use connector_sdk::{Code, Error, Retry, Secret};
use serde_json::json;

use super::*;
use crate::Reason;
use crate::testing::{CERTIFICATE, CLIENT, KEY, Scripted, TENANT, checked, now, run, token};

fn answer() -> serde_json::Value {
    let access = token(&json!({ "tid": TENANT, "oid": CLIENT, "roles": ["Mail.Read", "Mail.Send"] }));
    json!({ "token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": access })
}

#[test]
fn a_secret_in_the_body() {
    let connection = checked(json!({ "method": "client_credentials", "tenantId": TENANT, "clientSecret": "p:w %&+" }));
    let service = Scripted::answering(200, &answer());
    let tokens = run(token_of(&service, &connection)).unwrap();
    assert!(tokens.granted().unwrap().has("mail.send") && tokens.refresh.is_none());
    assert_eq!(tokens.identity.unwrap().tid, TENANT);
    let sent = service.only();
    assert_eq!(sent.url, format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"));
    assert_eq!(sent.headers["content-type"], "application/x-www-form-urlencoded");
    assert!(!sent.headers.contains_key("authorization"));
    for (name, value) in [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT),
        ("client_secret", "p:w %&+"),
        ("scope", "https://graph.microsoft.com/.default"),
        ("claims", r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#),
    ] {
        assert_eq!(sent.field(name), Some(value));
    }
}

async fn token_of(service: &Scripted, connection: &Checked) -> Result<TokenSet, Failure> {
    super::token(service, connection, GrantContext::at(now())).await
}

#[test]
fn a_certificate_signs() {
    let connection = checked(
        json!({ "method": "client_certificate", "tenantId": TENANT, "certificate": CERTIFICATE, "privateKey": KEY }),
    );
    let service = Scripted::answering(200, &answer());
    run(token_of(&service, &connection)).unwrap();
    let sent = service.only();
    assert_eq!(sent.field("client_assertion_type"), Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
    assert_eq!(sent.field("client_assertion").unwrap().split('.').count(), 3);
    assert_eq!((sent.field("client_id"), sent.field("client_secret")), (Some(CLIENT), None));
}

#[test]
fn another_issuers_token_is_passed_on() {
    let connection =
        checked(json!({ "method": "workload_identity", "tenantId": TENANT, "federatedTokenFile": "/var/run/token" }));
    let service = Scripted::answering(200, &answer());
    let federated = Secret::new("canary-federated");
    let given = GrantContext { federated: Some(&federated), ..GrantContext::at(now()) };
    run(super::token(&service, &connection, given)).unwrap();
    assert_eq!(service.only().field("client_assertion"), Some("canary-federated"));
    let error = Error::from(run(token_of(&Scripted::default(), &connection)).unwrap_err());
    assert_eq!(error.code(), Code::Bug);
}

#[test]
fn a_challenge_is_answered() {
    let connection = checked(json!({ "method": "client_credentials", "tenantId": TENANT, "clientSecret": "s" }));
    let service = Scripted::answering(200, &answer());
    let given = GrantContext {
        claims: Some(r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#),
        ..GrantContext::at(now())
    };
    run(super::token(&service, &connection, given)).unwrap();
    assert_eq!(
        service.only().field("claims"),
        Some(r#"{"access_token":{"xms_cc":{"values":["cp1"]},"nbf":{"essential":true,"value":"1"}}}"#)
    );
}

#[test]
fn refusals_name_who_acts() {
    let connection = checked(json!({ "method": "client_credentials", "tenantId": TENANT, "clientSecret": "canary" }));
    for (number, error, reason, code) in [
        (7_000_215, "invalid_client", Reason::SecretWrong, Code::Forbidden),
        (7_000_222, "invalid_client", Reason::SecretExpired, Code::Forbidden),
        (700_016, "unauthorized_client", Reason::AppUnknown, Code::Forbidden),
        (90_002, "invalid_request", Reason::Tenant, Code::Forbidden),
        (7_000_112, "unauthorized_client", Reason::AppDisabled, Code::Forbidden),
        (53_003, "access_denied", Reason::Policy, Code::Forbidden),
    ] {
        let description = format!("AADSTS{number}: no, canary.");
        let body = json!({ "error": error, "error_description": description, "error_codes": [number] });
        let failure = run(token_of(&Scripted::answering(401, &body), &connection)).unwrap_err();
        assert_eq!(failure.reason(), Some(reason), "{number}");
        let error = Error::from(failure);
        assert_eq!((error.code(), error.retryability()), (code, Retry::Never));
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[test]
fn a_service_that_is_down_may_be_asked_again() {
    let connection = checked(json!({ "method": "client_credentials", "tenantId": TENANT, "clientSecret": "s" }));
    let down = Scripted::default().then(503, "<html>");
    assert_eq!(Error::from(run(token_of(&down, &connection)).unwrap_err()).retryability(), Retry::Later);
    let lost = Scripted::failing(Error::new(Code::OutcomeUnknown, "the connection was closed"));
    assert_eq!(Error::from(run(token_of(&lost, &connection)).unwrap_err()).code(), Code::Unavailable);
}

#[test]
fn an_unreadable_answer_is_not_quoted() {
    let connection = checked(json!({ "method": "client_credentials", "tenantId": TENANT, "clientSecret": "s" }));
    for body in
        ["", "canary", r#"{"access_token":["canary"]}"#, r#"{"access_token":"canary"#, r#"{"access_token":"can ary"}"#]
    {
        let error = Error::from(run(token_of(&Scripted::default().then(200, body), &connection)).unwrap_err());
        assert_eq!(error.code(), Code::Protocol, "{body}");
        assert!(!format!("{error:?}").contains("canary") && !format!("{error:?}").contains("can ary"));
    }
}
