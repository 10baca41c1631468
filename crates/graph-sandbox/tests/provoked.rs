//! Sign-ins that fail on demand.

mod common;

use common::{ADA, World, answer, ask, callback, peopled, refresh, refusal, signed_in};
use graph_sandbox::{Provoke, seeds};
use serde_json::{Value, json};

fn ada() -> String {
    ADA.to_owned()
}

async fn number(world: &World, token: &Value) -> u64 {
    refusal(&world.token("common", &refresh(token)).await)
}

#[tokio::test]
async fn a_new_sign_in_helps() {
    let world = peopled().await;
    for (reason, expected, error, suberror) in [
        (Provoke::MfaRequired(ada()), 50_076, "invalid_grant", json!("basic_action")),
        (Provoke::MfaEnrolment(ada()), 50_079, "interaction_required", Value::Null),
        (Provoke::PasswordChanged(ada()), 50_173, "invalid_grant", json!("bad_token")),
        (Provoke::RefreshTokensExpired(ada()), 700_082, "invalid_grant", Value::Null),
        (
            Provoke::ConsentWithdrawn { app: seeds::WEB.to_owned(), user: ada() },
            65_001,
            "invalid_grant",
            json!("consent_required"),
        ),
    ] {
        world.sandbox.relent();
        let token = signed_in(&world, "common", ADA).await;
        world.sandbox.provoke(reason.clone());
        let refused = world.token("common", &refresh(&token)).await;
        assert_eq!(refusal(&refused), expected, "{reason:?}");
        assert_eq!((&refused.1["error"], &refused.1["suberror"], refused.0), (&json!(error), &suberror, 400));
        if expected == 50_079 {
            let claims: Value = serde_json::from_str(refused.1["claims"].as_str().unwrap()).unwrap();
            assert!(claims["access_token"]["polids"]["values"].is_array());
        }
        let again = signed_in(&world, "common", ADA).await;
        assert_eq!(world.token("common", &refresh(&again)).await.0, 200, "{reason:?}");
    }
}

#[tokio::test]
async fn only_an_administrator_helps() {
    let world = peopled().await;
    let token = signed_in(&world, "common", ADA).await;
    let app = || seeds::WEB.to_owned();
    for (reason, expected, error) in [
        (Provoke::UserDisabled(ada()), 50_057, "invalid_grant"),
        (Provoke::BlockedByPolicy(ada()), 53_003, "invalid_grant"),
        (Provoke::AppDisabled(app()), 7_000_112, "invalid_client"),
        (Provoke::SecretExpired(app()), 7_000_222, "invalid_client"),
    ] {
        world.sandbox.provoke(reason.clone());
        let refused = world.token("common", &refresh(&token)).await;
        assert_eq!((refusal(&refused), &refused.1["error"]), (expected, &json!(error)), "{reason:?}");
        world.sandbox.relent();
        assert_eq!(world.token("common", &refresh(&token)).await.0, 200);
    }
    world.sandbox.provoke(Provoke::UserDisabled(ada()));
    let page = world.get(&format!("/common/oauth2/v2.0/authorize?{}", ask(ADA, &[]))).await;
    assert!(page.text().await.unwrap().contains("AADSTS50057: "));
}

#[tokio::test]
async fn an_administrator_consents_for_everybody() {
    let world = peopled().await;
    world.sandbox.provoke(Provoke::AdminConsentRequired(seeds::WEB.to_owned()));
    let refused = callback(&world, "common", &ask(ADA, &[])).await;
    assert!(refused["error_description"].starts_with("AADSTS90094: "), "{refused:?}");

    let query =
        format!("client_id={}&redirect_uri={}&state=s&scope=User.Read%20Mail.Read", seeds::WEB, common::REDIRECT);
    let path = format!("/organizations/v2.0/adminconsent?{query}");
    assert!(world.get(&path).await.text().await.unwrap().contains("for everybody"));
    let declined = common::back(world.form(&path, &[("decision", "cancel")]).send().await.unwrap()).await;
    assert_eq!((declined["error"].as_str(), declined["state"].as_str()), ("access_denied", "s"));
    let granted = common::back(world.get(&format!("{path}&sandbox_auto=1")).await).await;
    assert_eq!(
        (granted["admin_consent"].as_str(), granted["tenant"].as_str()),
        ("True", world.sandbox.graph().tenant_id())
    );
    assert!(callback(&world, "common", &ask(ADA, &[])).await.contains_key("code"));
}

#[tokio::test]
async fn over_http() {
    let world = peopled().await;
    let token = signed_in(&world, "common", ADA).await;
    let body = json!({ "passwordChanged": ADA }).to_string();
    assert_eq!(answer(world.http.post(world.url("/sandbox/provoke")).body(body).send().await.unwrap()).await.0, 200);
    assert_eq!(number(&world, &token).await, 50_173);
    world.http.delete(world.url("/sandbox/provoke")).send().await.unwrap();
    assert_eq!(world.token("common", &refresh(&token)).await.0, 200);
}
