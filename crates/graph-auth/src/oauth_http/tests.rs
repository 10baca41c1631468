use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::{ByteStream, Code, Retry, whole};
use serde_json::json;

use super::*;
use crate::client::client_at;
use crate::testing::{Scripted, TENANT, checked, now, run};
use crate::token_response::TokenResponse;
use crate::{
    GrantContext, Reason, TokenSet, authorization_code, client_credentials, device_code, managed_identity, refresh,
};

fn app(style: &str) -> Checked {
    checked(
        json!({ "method": "client_credentials", "tenantId": TENANT, "clientSecret": "canary+/ secret", "clientAuthStyle": style }),
    )
}

fn ask(transport: &dyn Transport, connection: &Checked) -> Result<TokenSet, Failure> {
    run(client_credentials::token(transport, connection, GrantContext::at(now())))
}

/// A response with headers, which the scripted service does not have.
struct Headed(u16, &'static [(&'static str, &'static str)], &'static str);

#[async_trait]
impl Transport for Headed {
    async fn send(&self, _: http::Request<Bytes>) -> Result<Response<ByteStream>> {
        let mut answer = Response::builder().status(self.0);
        for (name, value) in self.1 {
            answer = answer.header(*name, *value);
        }
        Ok(answer.body(whole(self.2)).unwrap())
    }
}

#[test]
fn a_refusal_keeps_its_status_headers_and_body() {
    let busy = Headed(
        429,
        &[("retry-after", "17"), ("x-ms-request-id", "r-1"), ("content-type", "text/html")],
        "<html>busy</html>",
    );
    let Err(Failure::Refused(refusal)) = ask(&busy, &app("body")) else { panic!("not refused") };
    assert_eq!(
        (refusal.status, refusal.reason, refusal.retry_after),
        (429, Reason::Throttled, Some(Duration::from_secs(17)))
    );
    assert_eq!(refusal.trace_id.as_deref(), Some("r-1"));
    assert_eq!(refusal.into_error().retryability(), Retry::After(Duration::from_secs(17)));

    let body = r#"{"error":"invalid_grant","suberror":"basic_action","error_codes":[50076],"error_description":"AADSTS50076: MFA","claims":"{\"access_token\":{}}"}"#;
    let Err(Failure::Refused(refusal)) = ask(&Headed(400, &[], body), &app("body")) else { panic!("not refused") };
    assert_eq!((refusal.numbers.as_slice(), refusal.suberror.as_deref()), ([50_076].as_slice(), Some("basic_action")));
    assert_eq!(refusal.claims.as_deref(), Some("{\"access_token\":{}}"));
}

#[test]
fn a_redirect_is_a_refusal() {
    let service = Headed(307, &[("location", "https://evil.example/token")], "");
    let Err(Failure::Refused(refusal)) = ask(&service, &app("body")) else { panic!("not refused") };
    assert_eq!((refusal.status, refusal.reason), (307, Reason::Refused));
}

#[test]
fn a_success_may_be_spelt_in_several_ways() {
    let body = r#"{"access_token":"t","expires_in":"60"}"#;
    for (status, kind) in [(200, "application/json; charset=utf-8"), (201, "application/json"), (200, "text/plain")] {
        let headers: &'static [_] = vec![("content-type", kind)].leak();
        assert_eq!(ask(&Headed(status, headers, body), &app("body")).unwrap().access.expose(), "t", "{status} {kind}");
    }
    for empty in [200, 204] {
        assert_eq!(Error::from(ask(&Headed(empty, &[], ""), &app("body")).unwrap_err()).code(), Code::Protocol);
    }
}

#[test]
fn no_secret_of_a_request_comes_back_however_it_was_sent() {
    for style in ["body", "basic"] {
        let connection = app(style);
        let sent = Scripted::answering(200, &json!({ "access_token": "t" }));
        ask(&sent, &connection).unwrap();
        let header = sent.only().headers.get("authorization").map(|value| value.to_str().unwrap()[6..].to_owned());
        assert_eq!(header.is_some(), style == "basic");
        let said = format!("no: canary+/ secret, canary%2B%2F+secret, {}", header.clone().unwrap_or_default());
        let service = Scripted::answering(
            401,
            &json!({ "error": said, "error_description": said, "suberror": said, "trace_id": said }),
        );
        let failure = ask(&service, &connection).unwrap_err();
        let shown = format!("{failure:?} {:?}", Error::from(failure.clone()));
        assert!(!shown.contains("canary") && header.is_none_or(|pair| !shown.contains(&pair)), "{shown}");
    }
}

// `oauth2`'s errors carry bodies. They are never shown, and would not tell if they were.
#[test]
fn what_oauth2_calls_an_error_shows_nothing() {
    let connection = app("body");
    let client = client_at(&connection, &connection.authority.token_url()).unwrap();
    let service = Scripted::answering(400, &json!({ "error": "canary", "error_description": "canary" }));
    let wire = OauthHttp::new(&service, &connection);
    let error = run(client.exchange_client_credentials().request_async(&wire)).unwrap_err();
    assert!(matches!(error, RequestTokenError::ServerResponse(_)));
    assert!(!format!("{error} {error:?}").contains("canary"));
    let answer: TokenResponse =
        serde_json::from_value(json!({ "access_token": "canary", "refresh_token": "canary", "id_token": "canary" }))
            .unwrap();
    assert!(!format!("{answer:?} {}", serde_json::to_string(&answer).unwrap()).contains("canary"));
}

#[test]
fn every_flow_can_move_between_threads() {
    fn moves<T: Send>(_: T) {}
    let (service, connection, given) =
        (Scripted::default(), checked(json!({ "method": "device_code" })), GrantContext::at(now()));
    let tokens = TokenSet::of_access_token(&Secret::new("t"), now()).unwrap();
    moves(client_credentials::token(&service, &connection, given));
    moves(refresh::refresh(&service, &connection, &tokens, given));
    moves(managed_identity::token(
        &service,
        &connection,
        &managed_identity::IdentityEndpoint::virtual_machine(),
        given,
    ));
    moves(device_code::begin(&service, &connection, given));
    let answer = json!({ "device_code": "d", "user_code": "u", "verification_uri": "https://microsoft.com/devicelogin", "expires_in": 900 });
    let mut code = run(device_code::begin(&Scripted::answering(200, &answer), &connection, given)).unwrap();
    moves(device_code::poll(&service, &connection, &mut code, given));
    let back = url::Url::parse("http://localhost:1/").unwrap();
    let pending = authorization_code::begin(&connection, Some(&back), None, now()).unwrap().pending;
    let callback = authorization_code::Callback::parse("state=a&code=b").unwrap();
    moves(authorization_code::finish(&service, &connection, pending, callback, given));
}
