//! What is done with a connection, and with app registrations.

use connector_runtime::{Grant, Patterns};
use graph_sandbox::seeds;
use http::Method;
use http_body_util::Full;
use serde_json::{Value, json};

use super::two_services::{Two, an_app, connecting};
use super::world::{Answered, Key};

async fn call(two: &Two, method: Method, path: &str, key: &Key, body: &Value) -> Answered {
    let request = two.here.request(method, path, Some(key)).header("content-type", "application/json");
    two.here.send(request.body(Full::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_connection_is_tested_changed_and_removed() {
    let two = Two::new().await;
    let key = two.connector().await;
    let made = two.here.post("/v1/connections", Some(&key), &an_app(&two, "mine")).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let tested = two.there.post("/v1/connections/mine/test", Some(&key), &json!({})).await.json();
    assert_eq!(tested["works"], true, "{tested}");
    let permissions = two.here.get("/v1/connections/mine/permissions", Some(&key)).await.json();
    assert!(!permissions["granted"].as_array().unwrap().is_empty(), "{permissions}");
    let consent = two.here.get("/v1/connections/mine/admin-consent", Some(&key)).await.json();
    assert!(consent["url"].as_str().unwrap().contains("adminconsent"), "{consent}");
    let page = two.here.get("/oauth/callback?admin_consent=True&tenant=x&state=y", None).await;
    assert!(page.status.is_success() && page.body.contains("administrator"), "{}", page.body);
    let secret = json!({ "clientSecret": "canary-of-a-new-secret" });
    let changed = call(&two, Method::PUT, "/v1/connections/mine/secret", &key, &secret).await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.body);
    assert!(!changed.body.contains("canary"));
    let unknown = json!({ "secret": "canary-of-a-new-secret" });
    let refused = call(&two, Method::PUT, "/v1/connections/mine/secret", &key, &unknown).await;
    refused.problem(400, "invalid_input");
    assert!(!refused.body.contains("canary"));

    let manager = two.here.key(Grant { keys: true, ..connecting() }).await;
    let child = json!({ "name": "reader", "grant": { "connections": ["mine"], "actions": ["outlook.list_*"] } });
    let child = two.here.post("/v1/keys", Some(&manager), &child).await.json();
    let users = two.here.get("/v1/connections/mine/users", Some(&manager)).await.json();
    assert_eq!(users["keys"][0]["id"], child["id"], "{users}");
    let removed = call(&two, Method::DELETE, "/v1/connections/mine", &manager, &json!({})).await.json();
    assert_eq!((&removed["removed"], &removed["users"]), (&json!("mine"), &users));
    two.there.get("/v1/connections/mine", Some(&key)).await.problem(404, "unknown_connection");
    let entries = two.here.get("/v1/audit?kind=connection_removed", Some(&manager)).await.json();
    assert_eq!(entries["entries"][0]["principal"], json!(manager.id), "{entries}");
    two.end().await;
}

#[tokio::test]
async fn an_app_registration_is_stored_shown_without_its_secret_and_removed() {
    let two = Two::new().await;
    let key = two.here.key(Grant { connections: Patterns::everything(), admin: true, ..connecting() }).await;
    let tenant = two.sandbox.graph().tenant_id().to_owned();
    let profile = json!({ "clientId": seeds::DAEMON, "clientSecret": "wrong-at-first", "tenantId": tenant });
    // Found by schemathesis.
    for bad in [json!({ "clientId": "" }), json!({ "clientId": "a", "tenantId": "b".repeat(254) })] {
        call(&two, Method::PUT, "/v1/profiles/daemon", &key, &bad).await.problem(400, "invalid_input");
    }
    let stored = call(&two, Method::PUT, "/v1/profiles/daemon", &key, &profile).await;
    assert_eq!(stored.json(), json!({ "changed": [], "failed": [] }));
    let right = json!({ "clientId": seeds::DAEMON, "clientSecret": seeds::DAEMON_SECRET, "tenantId": tenant });
    call(&two, Method::PUT, "/v1/profiles/daemon", &key, &right).await;
    let settings =
        json!({ "method": "client_credentials", "oauthProfile": "daemon", "userId": "adelev@contoso.example" });
    let body = json!({ "name": "mine", "connector": "outlook", "settings": settings });
    let made = two.here.post("/v1/connections", Some(&key), &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let changed = call(&two, Method::PUT, "/v1/profiles/daemon", &key, &profile).await.json();
    assert_eq!(changed, json!({ "changed": ["mine"], "failed": [] }));
    for path in ["/v1/profiles", "/v1/profiles/daemon"] {
        let shown = two.there.get(path, Some(&key)).await;
        assert!(shown.body.contains(seeds::DAEMON) && shown.body.contains("\"name\":\"daemon\""), "{}", shown.body);
        assert!(!shown.body.contains("wrong-at-first") && !shown.body.contains(seeds::DAEMON_SECRET));
    }
    // Another key neither changes nor removes what connections use that it does not reach.
    let narrow = two.here.key(Grant { connections: Patterns::new(["other*"]).unwrap(), ..connecting() }).await;
    for method in [Method::PUT, Method::DELETE] {
        let problem = call(&two, method, "/v1/profiles/daemon", &narrow, &right).await.problem(403, "denied");
        assert_eq!(problem["reason"], "profile");
    }
    let removed = call(&two, Method::DELETE, "/v1/profiles/daemon", &key, &json!({})).await;
    assert_eq!(removed.json(), json!({ "removed": "daemon" }));
    call(&two, Method::GET, "/v1/profiles/daemon", &key, &json!({})).await.problem(404, "not_found");
    two.end().await;
}
