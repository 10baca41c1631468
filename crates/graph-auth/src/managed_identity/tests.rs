use connector_sdk::Retry;
use serde_json::json;

use super::*;
use crate::testing::{CLIENT, Scripted, TENANT, USER, checked, now, run, settings, spec, token};

fn answer() -> serde_json::Value {
    let access = token_with_roles();
    json!({ "access_token": access, "refresh_token": "", "expires_in": "3599", "expires_on": "1506484173", "resource": "https://graph.microsoft.com", "token_type": "Bearer" })
}

fn token_with_roles() -> String {
    token(&json!({ "tid": TENANT, "oid": USER, "roles": ["User.Read.All"] }))
}

fn system() -> Checked {
    let mut settings = settings(json!({ "method": "managed_identity" }));
    settings.client_id = None;
    settings.check(&spec()).unwrap()
}

fn ask(service: &Scripted, connection: &Checked, endpoint: &IdentityEndpoint) -> Result<TokenSet, Failure> {
    run(super::token(service, connection, endpoint, GrantContext::at(now())))
}

#[test]
fn a_virtual_machine() {
    let service = Scripted::answering(200, &answer());
    let tokens = ask(&service, &system(), &IdentityEndpoint::virtual_machine()).unwrap();
    assert!(tokens.granted().unwrap().has("User.Read.All") && tokens.refresh.is_none());
    assert_eq!(tokens.expires_at.as_second() - now().as_second(), 3599);
    let sent = service.only();
    assert_eq!((sent.method.as_str(), &sent.headers["metadata"]), ("GET", &HeaderValue::from_static("true")));
    assert_eq!(
        sent.url,
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fgraph.microsoft.com"
    );
}

#[test]
fn app_service_with_an_assigned_identity() {
    let service = Scripted::answering(200, &answer());
    let endpoint = IdentityEndpoint::AppService {
        url: Url::parse("http://127.0.0.1:41/msi/token").unwrap(),
        header: Secret::new("canary"),
    };
    ask(&service, &checked(json!({ "method": "managed_identity", "cloud": "china" })), &endpoint).unwrap();
    let sent = service.only();
    assert_eq!(
        (&sent.headers["x-identity-header"], sent.headers["x-identity-header"].is_sensitive()),
        (&HeaderValue::from_static("canary"), true)
    );
    assert_eq!(
        sent.url,
        format!(
            "http://127.0.0.1:41/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmicrosoftgraph.chinacloudapi.cn&client_id={CLIENT}"
        )
    );
    assert!(!format!("{endpoint:?}").contains("canary"));
}

#[test]
fn its_own_ways_to_refuse() {
    let answer = |status, body: &str| {
        Error::from(
            ask(&Scripted::default().then(status, body), &system(), &IdentityEndpoint::virtual_machine()).unwrap_err(),
        )
    };
    let none = answer(400, r#"{"error":"invalid_request","error_description":"Identity not found"}"#);
    assert_eq!(none.code(), Code::Forbidden);
    assert!(none.advice().contains("Assign"));
    for status in [404, 410, 429, 500, 503] {
        assert_eq!(answer(status, "").retryability(), Retry::Later, "{status}");
    }
    let nowhere = Scripted::failing(Error::new(Code::Unavailable, "nobody listens"));
    let error = Error::from(ask(&nowhere, &system(), &IdentityEndpoint::virtual_machine()).unwrap_err());
    assert!(error.code() == Code::Unavailable && error.advice().contains("Azure only"));
}
