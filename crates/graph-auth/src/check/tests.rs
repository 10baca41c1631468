use connector_sdk::Code;
use serde_json::{Value, json};

use super::*;
use crate::testing::{CERTIFICATE, CLIENT, KEY, TENANT, checked, settings, spec};

// The places of the violations, in order.
fn places(json: Value) -> Vec<String> {
    let error = settings(json).check(&spec()).unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
    error.violations().iter().map(|issue| issue.pointer.clone()).collect()
}

fn path(json: Value) -> String {
    checked(json).authority.token_url().path().to_owned()
}

#[test]
fn each_account_type_has_its_authority() {
    for (given, tenant) in [
        (json!({}), "common"),
        (json!({ "accountType": "common" }), "common"),
        (json!({ "accountType": "organizations" }), "organizations"),
        (json!({ "accountType": "consumers" }), "consumers"),
        (json!({ "accountType": "tenant", "tenantId": TENANT }), TENANT),
        (json!({ "accountType": "tenant", "tenantId": "contoso.com" }), "contoso.com"),
        (json!({ "tenantId": TENANT }), TENANT),
        (json!({ "tenantId": "common" }), "common"),
        (json!({ "accountType": "common", "tenantId": "common" }), "common"),
        (json!({ "accountType": "organizations", "tenantId": TENANT }), "organizations"),
    ] {
        let mut with = given.clone();
        with["method"] = "authorization_code".into();
        assert_eq!(path(with), format!("/{tenant}/oauth2/v2.0/token"), "{given}");
    }
    assert_eq!(
        checked(json!({ "method": "authorization_code", "accountType": "common", "tenantId": TENANT })).notes.len(),
        1
    );
}

#[test]
fn each_cloud_has_its_hosts() {
    for (cloud, login, graph) in [
        ("global", "login.microsoftonline.com", "graph.microsoft.com"),
        ("gcc_high", "login.microsoftonline.us", "graph.microsoft.us"),
        ("dod", "login.microsoftonline.us", "dod-graph.microsoft.us"),
        ("china", "login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn"),
    ] {
        let made =
            checked(json!({ "method": "client_credentials", "tenantId": TENANT, "clientSecret": "s", "cloud": cloud }));
        assert_eq!(made.authority.token_url().host_str(), Some(login));
        assert_eq!(made.graph.host_str(), Some(graph));
        assert_eq!(made.scope, format!("https://{graph}/.default"));
    }
}

#[test]
fn what_is_wrong_is_told_all_at_once() {
    let bad = json!({
        "method": "client_credentials", "accountType": "common", "tenantId": "common", "clientId": "my-app",
        "scopes": ["Mail.Read"], "graphUrl": "http://graph.microsoft.com", "extraParameters": { "prompt": "login" }, "userId": " x",
    });
    assert_eq!(
        places(bad),
        [
            "/accountType",
            "/tenantId",
            "/clientId",
            "/clientSecret",
            "/scopes",
            "/graphUrl",
            "/extraParameters",
            "/userId"
        ]
    );
}

#[test]
fn an_app_signs_in_to_one_tenant() {
    let base = json!({ "method": "client_credentials", "clientSecret": "s" });
    let with = |more: Value| {
        let mut all = base.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    assert_eq!(places(with(json!({}))), ["/tenantId"]);
    assert_eq!(places(with(json!({ "accountType": "organizations", "tenantId": TENANT }))), ["/accountType"]);
    assert_eq!(places(with(json!({ "tenantId": "organizations" }))), ["/tenantId"]);
    assert_eq!(
        places(with(json!({ "tokenUrl": "https://login.microsoftonline.com/common/oauth2/v2.0/token" }))),
        ["/tokenUrl"]
    );
    assert_eq!(
        path(with(json!({ "tokenUrl": format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token") }))),
        format!("/{TENANT}/oauth2/v2.0/token")
    );
    assert_eq!(
        path(with(json!({ "accountType": "tenant", "tenantId": "contoso.com" }))),
        "/contoso.com/oauth2/v2.0/token"
    );
}

#[test]
fn tenants_fit_the_account_type() {
    let code = |more: Value| {
        let mut all = json!({ "method": "authorization_code" });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    assert_eq!(places(code(json!({ "accountType": "tenant" }))), ["/tenantId"]);
    assert_eq!(places(code(json!({ "accountType": "tenant", "tenantId": "common" }))), ["/tenantId"]);
    assert_eq!(places(code(json!({ "accountType": "consumers", "tenantId": "organizations" }))), ["/tenantId"]);
    assert_eq!(places(code(json!({ "tenantId": "contoso" }))), ["/tenantId"]);
    assert_eq!(places(code(json!({ "tenantId": "x/../y.com" }))), ["/tenantId"]);
}

#[test]
fn only_what_the_connector_offers() {
    let mut narrow = spec();
    narrow.sign_ins.truncate(1);
    narrow.account_types.retain(|choice| choice.account_type == AccountType::Tenant);
    let error = |json: Value| settings(json).check(&narrow).unwrap_err().violations()[0].clone();
    let method = error(
        json!({ "method": "client_certificate", "tenantId": TENANT, "certificate": CERTIFICATE, "privateKey": KEY }),
    );
    assert_eq!((method.pointer.as_str(), method.message.contains("authorization_code")), ("/method", true));
    let account = error(json!({ "method": "authorization_code", "accountType": "common" }));
    assert_eq!((account.pointer.as_str(), account.message.contains("Tenant-specific")), ("/accountType", true));
    assert_eq!(error(json!({ "method": "authorization_code" })).pointer, "/tenantId");
    assert!(
        settings(json!({ "method": "device_code", "tenantId": TENANT })).check(&narrow).is_ok(),
        "it asks for what the browser asks for"
    );
}

#[test]
fn each_method_needs_its_proof_and_no_other() {
    for (given, place) in [
        (json!({ "method": "client_credentials" }), "/clientSecret"),
        (json!({ "method": "workload_identity" }), "/federatedTokenFile"),
        (json!({ "method": "access_token" }), "/accessToken"),
        (json!({ "method": "client_certificate", "certificate": CERTIFICATE }), "/privateKey"),
        (json!({ "method": "client_certificate", "privateKey": KEY }), "/certificate"),
        (json!({ "method": "client_credentials", "clientSecret": "s", "privateKey": KEY }), "/certificate"),
        (json!({ "method": "managed_identity", "clientSecret": "s" }), "/clientSecret"),
        (json!({ "method": "device_code", "accessToken": "s" }), "/accessToken"),
        (json!({ "method": "device_code", "federatedTokenFile": "f" }), "/federatedTokenFile"),
        (
            json!({ "method": "authorization_code", "clientSecret": "s", "certificate": CERTIFICATE, "privateKey": KEY }),
            "/certificate",
        ),
        (json!({ "method": "client_credentials", "clientSecret": " s" }), "/clientSecret"),
        (json!({ "method": "client_credentials", "clientSecret": CLIENT }), "/clientSecret"),
        (json!({ "method": "authorization_code", "userId": "megan@contoso.com" }), "/userId"),
    ] {
        let mut with = given.clone();
        with["tenantId"] = TENANT.into();
        assert_eq!(places(with), [place], "{given}");
    }
    let credential = |json: Value| checked(json).credential;
    assert!(matches!(credential(json!({ "method": "authorization_code" })), Credential::Public));
    assert!(matches!(
        credential(json!({ "method": "authorization_code", "clientSecret": "s" })),
        Credential::Secret(_, ClientAuthStyle::Body)
    ));
    assert!(matches!(
        credential(json!({ "method": "authorization_code", "certificate": format!("{CERTIFICATE}{KEY}") })),
        Credential::Certificate(_)
    ));
    assert!(matches!(credential(json!({ "method": "managed_identity" })), Credential::ManagedIdentity));
    assert!(matches!(credential(json!({ "method": "access_token", "accessToken": "t" })), Credential::GrantContext(_)));
}

#[test]
fn addresses_are_https_or_this_machine() {
    for (name, bad) in [
        ("graphUrl", "http://graph.microsoft.com"),
        ("authorityUrl", "http://login.example"),
        ("authorizeUrl", "ftp://localhost"),
        ("tokenUrl", "http://10.0.0.1/token"),
        ("redirectUri", "http://example.com/callback"),
        ("graphUrl", "https://user@graph.microsoft.com"),
        ("graphUrl", "https://graph.microsoft.us"),
        ("authorityUrl", "https://login.microsoftonline.com/common"),
    ] {
        assert_eq!(places(json!({ "method": "authorization_code", name: bad }))[0], format!("/{name}"), "{bad}");
    }
    let local = checked(
        json!({ "method": "authorization_code", "authorityUrl": "http://127.0.0.1:9/", "graphUrl": "http://localhost:8", "clientId": "any" }),
    );
    assert_eq!(local.authority.authorize_url().as_str(), "http://127.0.0.1:9/common/oauth2/v2.0/authorize");
    assert!(local.notes.is_empty());
    assert_eq!(checked(json!({ "method": "authorization_code", "graphUrl": "http://localhost:8" })).notes.len(), 1);
}

#[test]
fn another_provider_needs_both_endpoints() {
    let other = json!({ "method": "authorization_code", "clientId": "app", "tokenUrl": "https://id.example/token" });
    assert_eq!(places(other.clone()), ["/authorizeUrl"]);
    let mut both = other;
    both["authorizeUrl"] = "https://id.example/auth".into();
    both["scopes"] = json!("https://id.example/scope/x");
    let made = checked(both);
    assert!(!made.authority.is_entra());
    assert_eq!(made.scope, "https://id.example/scope/x User.Read offline_access openid profile");
    assert_eq!(places(json!({ "method": "device_code", "tokenUrl": "https://id.example/token" })), ["/tokenUrl"]);
}

#[test]
fn scopes_are_graphs_own() {
    for bad in ["https://outlook.office.com/Mail.Read", "a\"b", "é", "a\\b"] {
        assert_eq!(places(json!({ "method": "authorization_code", "scopes": [bad] })), ["/scopes"], "{bad}");
    }
    let app = json!({ "method": "client_credentials", "tenantId": TENANT, "clientSecret": "s", "scopes": "https://graph.microsoft.com/.default" });
    assert_eq!(checked(app).scope, "https://graph.microsoft.com/.default");
    let noted = checked(json!({ "method": "authorization_code", "scopes": "GroupMember.ReadAll" }));
    assert_eq!(noted.scopes, ["GroupMember.Read.All", "User.Read", "offline_access"]);
    assert_eq!(noted.notes.len(), 1);
}

#[test]
fn the_sign_ins_own_parameters_cannot_be_given() {
    for bad in ["state", "redirect_uri", "Code_Challenge", "nonce", "client_secret"] {
        let place = format!("/extraParameters/{bad}");
        assert_eq!(places(json!({ "method": "authorization_code", "extraParameters": { bad: "x" } })), [place]);
    }
    assert_eq!(
        places(json!({ "method": "authorization_code", "extraParameters": { "claims": "x" } })),
        ["/extraParameters/claims"]
    );
    let made =
        checked(json!({ "method": "authorization_code", "extraParameters": { "prompt": "login", "claims": "{}" } }));
    assert_eq!((made.claims.as_deref(), made.extra_parameters.len()), (Some("{}"), 1));
}

#[test]
fn a_profiles_secret_goes_to_microsoft_only() {
    let with = |url: &str| json!({ "method": "authorization_code", "oauthProfile": "shared", "clientSecret": "s", "authorityUrl": url });
    assert_eq!(places(with("https://evil.example")), ["/oauthProfile"]);
    assert!(settings(with("https://login.microsoftonline.us")).check(&spec()).is_ok());
    assert!(settings(with("http://localhost:1")).check(&spec()).is_ok());
}

#[test]
fn no_secret_is_quoted() {
    let bad = json!({
        "method": "device_code", "clientSecret": " canary ", "accessToken": "canary", "certificate": "canary", "privateKey": "-----BEGIN canary",
        "certificateThumbprint": "canary", "tenantId": TENANT,
    });
    let error = settings(bad.clone()).check(&spec()).unwrap_err();
    let mut certificate = bad;
    certificate["method"] = "client_certificate".into();
    let other = settings(certificate).check(&spec()).unwrap_err();
    for error in [error, other] {
        let shown = format!("{error} {error:?} {}", serde_json::to_string(&error).unwrap());
        assert!(!shown.contains("canary"), "{shown}");
    }
    let fine = checked(
        json!({ "method": "client_certificate", "tenantId": TENANT, "certificate": CERTIFICATE, "privateKey": KEY }),
    );
    let key = KEY.lines().nth(3).unwrap();
    assert!(!format!("{fine:?}").contains(key));
}
