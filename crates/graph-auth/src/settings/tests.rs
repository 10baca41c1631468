use serde_json::json;

use super::*;
use connector_schemas::style;
use connector_sdk::schema;

fn everything() -> serde_json::Value {
    json!({
        "method": "authorization_code", "accountType": "tenant", "tenantId": "contoso.com", "clientId": "c",
        "clientSecret": "canary-1", "secretExpires": "2027-01-31", "clientAuthStyle": "basic", "certificate": "canary-2",
        "certificateThumbprint": "AA", "privateKey": "canary-3", "federatedTokenFile": "/var/token", "accessToken": "canary-4",
        "scopes": "User.Read Mail.Send", "userId": "megan@contoso.com", "cloud": "gcc_high", "graphUrl": "http://localhost:1",
        "authorityUrl": "http://localhost:2", "authorizeUrl": "http://localhost:3", "tokenUrl": "http://localhost:4",
        "issuer": "https://id.example", "extraParameters": { "prompt": "login" }, "redirectUri": "http://localhost:5", "oauthProfile": "shared", "apiVersion": "beta",
    })
}

#[test]
fn every_property_survives_the_vault() {
    let properties = schema::input::<Settings>("Connection")["properties"].as_object().unwrap().len();
    assert_eq!(everything().as_object().unwrap().len(), properties, "a property is missing from this test");
    let settings: Settings = serde_json::from_value(everything()).unwrap();
    let sealed = settings.to_sealed_json();
    assert_eq!(serde_json::from_str::<serde_json::Value>(sealed.expose()).unwrap(), everything());
    assert_eq!(serde_json::from_str::<Settings>(sealed.expose()).unwrap(), settings);
}

#[test]
fn nothing_shown_has_a_secret() {
    let settings: Settings = serde_json::from_value(everything()).unwrap();
    let shown = settings.to_public_json();
    let shown = format!("{settings:?} {shown} {:?}", settings.to_sealed_json());
    assert!(!shown.contains("canary"), "{shown}");
    assert_eq!(
        settings.to_public_json()["secrets"],
        json!(["clientSecret", "certificate", "privateKey", "accessToken"])
    );
}

#[test]
fn the_schema_keeps_the_house_style() {
    for schema in [schema::input::<Settings>("Connection"), schema::input::<OauthProfile>("OAuth profile")] {
        assert_eq!(style::parameters(&schema), []);
    }
    assert_eq!(schema::input::<Settings>("Connection")["properties"]["clientSecret"]["writeOnly"], true);
}

#[test]
fn unknown_properties_are_refused() {
    for bad in
        [json!({ "method": "device_code", "tenant": "x" }), json!({ "clientId": "x" }), json!({ "method": "password" })]
    {
        assert!(serde_json::from_value::<Settings>(bad.clone()).is_err(), "{bad}");
    }
}

#[test]
fn scopes_are_a_list_or_a_text() {
    let names = |scopes: serde_json::Value| serde_json::from_value::<ScopeNames>(scopes).unwrap().names();
    assert_eq!(names(json!("offline_access  user.read.all")), ["offline_access", "user.read.all"]);
    assert_eq!(names(json!(["a b", "c"])), ["a", "b", "c"]);
    assert!(names(json!("")).is_empty());
}

#[test]
fn a_profile_fills_the_gaps() {
    let profile: OauthProfile = serde_json::from_value(
        json!({ "clientId": "p", "clientSecret": "canary", "tenantId": "contoso.com", "clientAuthStyle": "basic" }),
    )
    .unwrap();
    assert_eq!(serde_json::from_str::<OauthProfile>(profile.to_sealed_json().expose()).unwrap(), profile);
    assert!(!format!("{profile:?} {}", profile.to_public_json()).contains("canary"));
    let filled = Settings::new(SignInMethod::AuthorizationCode).with_profile(&profile);
    assert_eq!((filled.client_id.as_deref(), filled.tenant_id.as_deref()), (Some("p"), Some("contoso.com")));
    assert_eq!(filled.client_secret, profile.client_secret);
    let own = Settings { tenant_id: Some("fabrikam.com".into()), ..Settings::new(SignInMethod::AuthorizationCode) };
    assert_eq!(own.with_profile(&profile).tenant_id.as_deref(), Some("fabrikam.com"));
}

#[test]
fn another_app_gets_nothing_of_the_profiles_credentials() {
    let profile: OauthProfile = serde_json::from_value(json!({ "clientId": "p", "clientSecret": "canary" })).unwrap();
    let other = Settings { client_id: Some("q".into()), ..Settings::new(SignInMethod::AuthorizationCode) }
        .with_profile(&profile);
    assert_eq!((other.client_id.as_deref(), other.client_secret), (Some("q"), None));
}
