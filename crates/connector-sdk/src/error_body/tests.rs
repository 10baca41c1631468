use super::*;
use crate::{Code, Error, Response};

fn of(status: u16, body: &str) -> Error {
    Error::from_response(&Response::new(status, body.to_owned()))
}

fn said(status: u16, body: &str) -> (Option<String>, Option<String>) {
    let error = of(status, body);
    let said = error.upstream().unwrap();
    (said.code.clone(), said.message.clone())
}

#[test]
fn errors_in_every_shape_give_code_and_message() {
    let bom = "\u{feff}";
    let cases = [
        (400, format!(r#"{bom}{{"error":{{"code":"BadRequest","message":"Unable to resolve"}}}}"#), Some("BadRequest"), Some("Unable to resolve")),
        (
            400,
            r#"{"error":"unsupported_grant_type","error_description":"AADSTS70003: …"}"#.into(),
            Some("unsupported_grant_type"),
            Some("AADSTS70003: …"),
        ),
        (
            400,
            r#"{"odata.error":{"code":"Request_BadRequest","message":{"lang":"en","value":"One is invalid."}}}"#.into(),
            Some("Request_BadRequest"),
            Some("One is invalid."),
        ),
        (
            403,
            r#"{"error":{"code":"-2147024891, System.UnauthorizedAccessException","message":{"lang":"en-US","value":"Access denied."}}}"#
                .into(),
            Some("-2147024891, System.UnauthorizedAccessException"),
            Some("Access denied."),
        ),
        (400, r#"{"error":{"code":400,"message":"bad"}}"#.into(), Some("400"), Some("bad")),
        (400, r#"{"error":{"code":null,"message":7}}"#.into(), None, Some("7")),
        (400, r#"{"error":{"code":{"x":1},"message":"m"}}"#.into(), None, Some("m")),
        (507, r#"{"error":{"code":"quotaLimitReached","localizedMessage":"Full."}}"#.into(), Some("quotaLimitReached"), Some("Full.")),
        (400, r#"{"error":{"code":"","message":"","innerError":{"message":"deep"}}}"#.into(), None, Some("deep")),
        (400, r#"{"Error":{"Code":"A","Message":"b"}}"#.into(), Some("A"), Some("b")),
        (400, r#"{"error":[{"code":"A","message":"b"},{"code":"C"}]}"#.into(), Some("A"), Some("b")),
        (400, r#"{"error":"Something went wrong"}"#.into(), None, Some("Something went wrong")),
        (401, r#"{"statusCode":401,"message":"Access denied"}"#.into(), Some("401"), Some("Access denied")),
        (400, r#"{"type":"about:blank","title":"Bad","detail":"Why","status":400}"#.into(), None, Some("Why")),
        (400, r#""just a text""#.into(), None, Some("just a text")),
        (400, r#"{"error":{"code":"x","message":"half \ud83d of a pair \\ud83d"}}"#.into(), Some("x"), Some("half \u{fffd} of a pair \\ud83d")),
        (403, "<html><head><title>Access\r\nDenied</title></head><body>…".into(), None, Some("Access Denied")),
        (502, "<!DOCTYPE html><html><body><h1>502 Bad &amp; Gateway</h1>".into(), None, Some("502 Bad & Gateway")),
        (
            403,
            r#"<?xml version="1.0"?><m:error xmlns:m="http://x"><m:code>-1, X</m:code><m:message xml:lang="en-US">No.</m:message></m:error>"#
                .into(),
            Some("-1, X"),
            Some("No."),
        ),
        (403, "<Error><Code>AuthenticationFailed</Code><Message>Expired</Message></Error>".into(), Some("AuthenticationFailed"), Some("Expired")),
        (400, "Invalid\u{1b}[31m\r\nhostname\u{202e}".into(), None, Some("Invalid [31m hostname")),
        (400, "[]".into(), None, None),
        (400, "7".into(), None, None),
        (400, String::new(), None, None),
    ];
    for (status, body, code, message) in cases {
        assert_eq!(said(status, &body), (code.map(str::to_owned), message.map(str::to_owned)), "{body}");
    }
    let binary = Error::from_response(&Response::new(500, vec![0xff, 0xd8, 0xff, 0x00]));
    assert_eq!(binary.upstream().unwrap().message, None);
}

#[test]
fn both_spellings_of_the_inner_error_count() {
    let error = of(
        400,
        r#"{"error":{"code":"x","message":"m","innerError":{"code":"a","request-id":"r"},"innererror":{"code":"b"}}}"#,
    );
    assert_eq!(error.upstream().unwrap().inner_codes, ["a", "b"]);
    assert_eq!(error.upstream().unwrap().request_id.as_deref(), Some("r"));
    assert!(error.has_upstream_code("A") && error.has_upstream_code("b") && error.has_upstream_code("x"));
}

#[test]
fn details_name_the_property_and_the_object() {
    let same = "Another object with the same value for property proxyAddresses already exists.";
    let body = serde_json::json!({ "error": { "code": "Request_BadRequest", "message": same, "details": [
        { "code": "ObjectConflict", "message": same, "target": "proxyAddresses" },
        { "code": "ConflictingObjects", "message": same, "target": "User_11111111-2222-3333-4444-555555555555" },
        null, 7, "said in passing",
    ] } });
    let error = of(400, &body.to_string());
    assert!(error.has_upstream_code("objectconflict") && error.has_upstream_code("ConflictingObjects"));
    assert_eq!(error.code(), Code::Conflict, "a conflict is no fault of the input's form");
    assert!(error.advice().contains("belongs to another object"), "{}", error.advice());
    assert_eq!(
        error.to_string(),
        format!(
            "Graph answered 400: Request_BadRequest: {same} [proxyAddresses (ObjectConflict), \
             User_11111111-2222-3333-4444-555555555555 (ConflictingObjects), said in passing]"
        )
    );
    let printed = serde_json::to_value(&error).unwrap();
    assert_eq!(printed.pointer("/upstream/details/0/target").unwrap(), "proxyAddresses");
}

#[test]
fn what_is_said_is_bounded() {
    let long = "ä ".repeat(100_000);
    let details: Vec<_> = (0..1_000).map(|i| serde_json::json!({ "code": format!("c{i}"), "message": long })).collect();
    let nested = format!(
        r#"{{"error":{{"message":"m","innerError":{}{}}}}}"#,
        r#"{"code":"i","innerError":"#.repeat(60),
        "{}".to_owned() + &"}".repeat(60)
    );
    for body in [
        long.clone(),
        serde_json::json!({ "error": { "code": long, "message": long, "target": long, "details": details } })
            .to_string(),
        nested,
    ] {
        let printed = serde_json::to_string(&of(400, &body)).unwrap();
        assert!(printed.len() < 25_000, "{}", printed.len());
    }
    assert!(said(400, &long).1.unwrap().chars().count() <= LONGEST + 1);
}

#[test]
fn a_401_that_is_not_about_the_token_does_not_ask_to_reconnect() {
    let empty = of(
        401,
        r#"{"error":{"code":"UnknownError","message":"","innerError":{"request-id":"r","date":"2026-10-01T10:00:00"}}}"#,
    );
    let mut diagnosed = Response::new(401, "");
    let header = r#"2000010;reason="The mailbox is not available.";error_category="invalid_user""#;
    diagnosed.headers.insert("x-ms-diagnostics", header.parse().unwrap());
    let diagnosed = Error::from_response(&diagnosed);
    for error in [&empty, &diagnosed] {
        assert_eq!(error.code(), Code::Forbidden);
        assert!(error.advice().contains("mailbox") && error.advice().contains("licence"), "{}", error.advice());
    }
    assert_eq!(diagnosed.to_string(), "Graph answered 401: The mailbox is not available.");
    assert!(diagnosed.has_upstream_code("invalid_user"));
    let token = of(401, r#"{"error":{"code":"InvalidAuthenticationToken","message":""}}"#);
    assert_eq!(token.code(), Code::NotConnected);
    assert_eq!(of(401, "").code(), Code::NotConnected);
    let mut expired = Response::new(401, "");
    expired
        .headers
        .insert("x-ms-diagnostics", r#"2000003;reason="Expired.";error_category="invalid_token""#.parse().unwrap());
    assert_eq!(Error::from_response(&expired).code(), Code::NotConnected);
}

proptest::proptest! {
    #[test]
    fn any_body_is_read_without_harm(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200), text in "[<>/{}\\[\\]\":a-zé\\\\u0-9d\u{2028}]{0,80}") {
        let _ = ErrorBody::read(&body);
        let _ = ErrorBody::read(text.as_bytes());
        let _ = ErrorBody::read(format!("<{text}").as_bytes());
    }
}
