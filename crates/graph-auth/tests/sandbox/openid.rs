//! A standard OpenID provider that is not Entra.

use graph_auth::Reason;
use graph_sandbox::{App, ClientAuth};
use http::StatusCode;
use serde_json::{Value, json};

use super::*;

const ID: &str = "app:with/reserved characters";
const SECRET: &str = "s:e+c/r=e&t%é";

fn provider(style: &str, more: Value) -> Checked {
    let settings = json!({ "method": "authorization_code", "clientId": ID, "clientSecret": SECRET, "clientAuthStyle": style,
        "authorizeUrl": "https://id.example/oidc/authorize", "tokenUrl": "https://id.example/oidc/token",
        "issuer": "https://id.example/oidc" });
    checked(settings, more)
}

fn world(kind: ClientAuth) -> World {
    let world = super::world();
    let mut app = App::web(ID, "Reserved", SECRET, BACK.as_str());
    app.client_auth = kind;
    world.sandbox.register(app);
    world
}

#[test]
fn a_user_signs_in_and_stays() {
    for (kind, style) in [(ClientAuth::Basic, "basic"), (ClientAuth::Body, "body")] {
        let world = world(kind);
        let connection = provider(style, json!({}));
        let tokens = world.sign_in(&connection, MEGAN);
        let identity = tokens.identity.as_ref().unwrap();
        assert_eq!((identity.tid.as_str(), identity.username.as_deref()), ("https://id.example/oidc", Some(MEGAN)));
        assert_eq!(world.me(&tokens).0, StatusCode::OK);
        let fresh = world.refresh(&connection, &tokens).unwrap();
        assert_eq!(world.asked(), "/oidc/token");
        assert!(world.refresh(&connection, &fresh).is_ok());
        let other = provider(if style == "basic" { "body" } else { "basic" }, json!({}));
        assert_eq!(refusal(world.finish(&other, world.begin(&other, MEGAN))).reason, Reason::SecretWrong);
    }
}

#[test]
fn using_an_old_refresh_token_ends_the_grant() {
    let world = world(ClientAuth::Any);
    let connection = provider("basic", json!({}));
    let old = world.sign_in(&connection, MEGAN);
    let new = world.refresh(&connection, &old).unwrap();
    assert_ne!(old.refresh, new.refresh);
    for tokens in [&old, &new] {
        let refused = refusal(world.refresh(&connection, tokens));
        assert_eq!((refused.error.as_str(), refused.reason), ("invalid_grant", Reason::SignInAgain));
        assert!(refused.numbers.is_empty());
    }
    assert!(world.refresh(&connection, &world.sign_in(&connection, MEGAN)).is_ok());
}

#[test]
fn an_answer_of_another_issuer_is_not_taken() {
    let world = world(ClientAuth::Any);
    let connection = provider("body", json!({ "issuer": "https://id.example/another" }));
    let error = Error::from(world.finish(&connection, world.begin(&connection, MEGAN)).unwrap_err());
    assert!(error.message().contains("`iss`"), "{error}");
    assert_eq!(world.sandbox.token_requests(), 0, "the code did not leave");
}

#[test]
fn an_answer_that_names_nobody_is_not_taken_from_a_provider_that_names_itself() {
    let world = world(ClientAuth::Any);
    let connection = provider("body", json!({}));
    let StartedSignIn { url, pending } =
        authorization_code::begin(&connection, Some(&BACK), None, world.clock.now()).unwrap();
    let query = world.browse(&url, MEGAN).unwrap();
    let without: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("iss=")).collect();
    assert_ne!(without.join("&"), query, "the provider names itself");
    let error =
        Error::from(world.finish(&connection, (pending, Callback::parse(&without.join("&")).unwrap())).unwrap_err());
    assert!(error.message().contains("`iss`"), "{error}");
    assert_eq!(world.sandbox.token_requests(), 0, "the code did not leave");
}

#[test]
fn a_code_is_for_its_verifier() {
    let world = world(ClientAuth::Any);
    let connection = provider("basic", json!({}));
    let (pending, callback) = world.begin(&connection, MEGAN);
    let mut json: Value = serde_json::from_str(pending.to_sealed_json().expose()).unwrap();
    json["verifier"] = "x".repeat(43).into();
    let wrong = Pending::from_sealed_json(&connector_sdk::Secret::new(json.to_string())).unwrap();
    assert_eq!(refusal(world.finish(&connection, (wrong, callback))).error, "invalid_grant");
}
