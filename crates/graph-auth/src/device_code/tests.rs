use serde_json::json;

use super::*;
use crate::Reason;
use crate::testing::{CLIENT, Scripted, checked, id_claims, now, run, token};

fn begun() -> serde_json::Value {
    json!({ "device_code": "canary-device", "user_code": "ABCD-EFGH", "verification_uri": "https://microsoft.com/devicelogin",
        "expires_in": 900, "interval": "5", "message": "To sign in\u{1b}[31m, open the page." })
}

fn pending(connection: &Checked) -> DeviceCode {
    run(begin(&Scripted::answering(200, &begun()), connection, GrantContext::at(now()))).unwrap()
}

#[test]
fn a_code_is_asked_for() {
    let connection = checked(json!({ "method": "device_code", "tenantId": "contoso.com" }));
    let service = Scripted::answering(200, &begun());
    let code = run(begin(&service, &connection, GrantContext::at(now()))).unwrap();
    assert_eq!((code.user_code.as_str(), code.interval), ("ABCD-EFGH", Duration::from_secs(5)));
    assert_eq!(code.expires_at.as_second() - now().as_second(), 900);
    assert!(!code.message.as_ref().unwrap().contains('\u{1b}'));
    assert!(!format!("{code:?}").contains("canary"));
    let sent = service.only();
    assert_eq!(sent.url, "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/devicecode");
    assert_eq!((sent.field("client_id"), sent.field("client_secret")), (Some(CLIENT), None));
    assert_eq!(sent.field("scope"), Some("Mail.Send User.Read offline_access openid profile"));
}

#[test]
fn polls_wait_then_end() {
    let connection = checked(json!({ "method": "device_code" }));
    let mut code = pending(&connection);
    let done = json!({ "token_type": "Bearer", "access_token": "a", "refresh_token": "r", "expires_in": 60, "id_token": token(&id_claims()) });
    let service = Scripted::default()
        .then(400, r#"{"error":"authorization_pending","error_codes":[70016]}"#)
        .then(400, r#"{"error":"slow_down"}"#)
        .then(200, &done.to_string());
    assert!(matches!(
        run(poll(&service, &connection, &mut code, GrantContext::at(now()))).unwrap(),
        DevicePoll::Pending
    ));
    assert!(matches!(
        run(poll(&service, &connection, &mut code, GrantContext::at(now()))).unwrap(),
        DevicePoll::SlowDown
    ));
    assert_eq!(code.interval, Duration::from_secs(10));
    let DevicePoll::Done(tokens) = run(poll(&service, &connection, &mut code, GrantContext::at(now()))).unwrap() else {
        panic!("not done")
    };
    assert_eq!(tokens.identity.unwrap().username.as_deref(), Some("megan@contoso.com"));
    let sent = service.seen().remove(0);
    assert_eq!(sent.field("grant_type"), Some("urn:ietf:params:oauth:grant-type:device_code"));
    assert_eq!(sent.field("device_code"), Some("canary-device"));
}

#[test]
fn a_code_that_was_kept_is_polled_as_it_was() {
    let connection = checked(json!({ "method": "device_code" }));
    let mut code = pending(&connection);
    code.interval += Duration::from_millis(2_500);
    let mut kept = DeviceCode::from_sealed_json(&code.to_sealed_json()).unwrap();
    assert_eq!(kept.to_sealed_json(), code.to_sealed_json());
    assert_eq!((kept.interval, kept.expires_at, &kept.message), (code.interval, code.expires_at, &code.message));
    let service = Scripted::answering(400, &json!({ "error": "authorization_pending", "error_codes": [70016] }));
    run(poll(&service, &connection, &mut kept, GrantContext::at(now()))).unwrap();
    assert_eq!(service.only().field("device_code"), Some("canary-device"));
    let error = DeviceCode::from_sealed_json(&Secret::new(r#"{"deviceCode":"canary-device"}"#)).unwrap_err();
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
}

#[test]
fn a_code_that_is_over_is_not_asked_about() {
    let connection = checked(json!({ "method": "device_code" }));
    let mut code = pending(&connection);
    let service = Scripted::default();
    let later = code.expires_at;
    let error = Error::from(run(poll(&service, &connection, &mut code, GrantContext::at(later))).unwrap_err());
    assert_eq!(error.code(), Code::NotConnected);
    assert!(service.seen().is_empty());
}

#[test]
fn refusals_end_it() {
    let connection = checked(json!({ "method": "device_code" }));
    for (error, reason) in [
        ("authorization_declined", Reason::Declined),
        ("access_denied", Reason::Declined),
        ("expired_token", Reason::Declined),
        ("bad_verification_code", Reason::SignInAgain),
        ("invalid_client", Reason::SecretWrong),
    ] {
        let service = Scripted::answering(400, &json!({ "error": error, "error_description": "about canary-device" }));
        let failure = run(poll(&service, &connection, &mut pending(&connection), GrantContext::at(now()))).unwrap_err();
        assert_eq!(failure.reason(), Some(reason), "{error}");
        assert!(!format!("{failure:?}").contains("canary"));
    }
}

#[test]
fn the_page_must_be_https() {
    let connection = checked(json!({ "method": "device_code" }));
    let mut astray = begun();
    astray["verification_uri"] = "http://evil.example".into();
    let error =
        Error::from(run(begin(&Scripted::answering(200, &astray), &connection, GrantContext::at(now()))).unwrap_err());
    assert_eq!(error.code(), Code::Protocol);
}
