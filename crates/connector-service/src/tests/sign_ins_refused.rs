//! Sign-ins over HTTP that are refused.

use connector_runtime::{Grant, Patterns};
use graph_sandbox::seeds;
use serde_json::{Value, json};

use super::two_services::{ADELE, Browser, Two, an_app, begin, by_browser, check_headers, connecting, sign_in, status};
use super::world::Answered;

/// Checks that a page tells of a failure with these words.
fn refused(page: &Answered, words: &str) {
    assert!(page.status.is_client_error(), "{}: {}", page.status, page.body);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.body.contains(words) && !page.body.contains("http-equiv=\"refresh\""), "{}", page.body);
    check_headers(page);
}

#[tokio::test]
async fn a_replay_a_forged_state_and_another_browser_finish_nothing() {
    let two = Two::new().await;
    let key = two.connector().await;
    let mut browser = Browser::default();
    let begun = begin(&two.here, &key, &by_browser("mine")).await;
    let at = browser.begin(&two.here, &begun).await;
    let callback = sign_in(&two, &at, ADELE).await;
    for forged in ["/oauth/callback?code=x&state=forged", "/oauth/callback?code=x&state=%3Cscript%3E"] {
        refused(&browser.open(&two.there, forged).await, "no sign-in waits for this answer");
    }
    for odd in ["/oauth/callback", "/oauth/callback?code=x", "/oauth/callback?code=x&code=y&state=z"] {
        let page = browser.open(&two.there, odd).await;
        assert_eq!(page.status.as_u16(), 400, "{odd}: {}", page.body);
    }
    assert_eq!(browser.open(&two.here, &callback).await.status.as_u16(), 200, "a stranger's callback ended nothing");
    refused(&browser.open(&two.here, &callback).await, "no sign-in waits for this answer");
    refused(&browser.open(&two.there, &callback).await, "no sign-in waits for this answer");
    let link = begun["browser"].as_str().unwrap();
    let path = &link[link.find("/sign-in/").unwrap()..];
    refused(&browser.open(&two.there, path).await, "was used before, or has expired");

    let begun = begin(&two.here, &key, &by_browser("mine-2")).await;
    let at = browser.begin(&two.here, &begun).await;
    let callback = sign_in(&two, &at, ADELE).await;
    refused(&Browser::default().open(&two.there, &callback).await, "begun in another browser");
    assert_eq!(status(&two.here, &key, &begun).await["state"], "failed");
    two.here.get("/v1/connections/mine-2", Some(&key)).await.problem(404, "unknown_connection");
    two.end().await;
}

#[tokio::test]
async fn what_comes_too_late_is_refused() {
    let two = Two::new().await;
    let key = two.connector().await;
    let begun = begin(&two.here, &key, &by_browser("mine")).await;
    let mut browser = Browser::default();
    let at = browser.begin(&two.here, &begun).await;
    let callback = sign_in(&two, &at, ADELE).await;
    two.pass(600);
    let link = begun["browser"].as_str().unwrap();
    refused(&browser.open(&two.there, &link[link.find("/sign-in/").unwrap()..]).await, "has expired");
    refused(&browser.open(&two.there, &callback).await, "longer than ten minutes");
    assert_eq!(status(&two.here, &key, &begun).await["state"], "failed");
    assert_eq!(two.sandbox.token_requests(), 0, "the code did not leave");
    two.end().await;
}

#[tokio::test]
async fn settings_that_reach_the_host_are_for_admins() {
    let two = Two::new().await;
    let key = two.connector().await;
    let local = json!({
        "graphUrl": "http://127.0.0.1:1", "authorityUrl": "http://127.0.0.1:1", "authorizeUrl": "http://127.0.0.1:1/a",
        "tokenUrl": "http://127.0.0.1:1/t", "issuer": "http://127.0.0.1:1",
    });
    let mut body = an_app(&two, "mine");
    body["settings"].as_object_mut().unwrap().extend(local.as_object().unwrap().clone());
    let problem = two.here.post("/v1/connections", Some(&key), &body).await.problem(403, "denied");
    assert_eq!(problem["reason"], "setting");
    let pointers: Vec<&str> =
        problem["issues"].as_array().unwrap().iter().map(|issue| issue["pointer"].as_str().unwrap()).collect();
    let all = ["authorityUrl", "authorizeUrl", "graphUrl", "issuer", "tokenUrl"];
    assert_eq!(pointers, all.map(|name| format!("/settings/{name}")));
    for (settings, pointer) in [
        (
            json!({ "method": "workload_identity", "clientId": seeds::DAEMON, "tenantId": "contoso.example",
                "federatedTokenFile": "/etc/passwd" }),
            "/settings/federatedTokenFile",
        ),
        (json!({ "method": "managed_identity" }), "/settings/method"),
    ] {
        let body = json!({ "name": "mine", "connector": "outlook", "settings": settings });
        let problem = two.here.post("/v1/connections", Some(&key), &body).await.problem(403, "denied");
        assert_eq!((&problem["reason"], &problem["issues"][0]["pointer"]), (&json!("setting"), &json!(pointer)));
        assert!(!problem.to_string().contains("root:"));
    }
    // The same for a connection that exists.
    let made = two.here.post("/v1/connections", Some(&key), &an_app(&two, "mine")).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let again = json!({ "settings": body["settings"] });
    let problem = two.here.post("/v1/connections/mine/reconnect", Some(&key), &again).await.problem(403, "denied");
    assert_eq!(problem["reason"], "setting");
    let entries = two.here.get("/v1/audit", Some(&key)).await.json();
    let kinds: Vec<&Value> = entries["entries"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds.iter().filter(|kind| ***kind == json!("refusal")).count(), 4, "{kinds:?}");
    two.end().await;
}

#[tokio::test]
async fn a_name_that_the_grant_does_not_reach_is_denied_whether_it_exists_or_not() {
    let two = Two::new().await;
    let key = two.connector().await;
    let owner = two.here.key(Grant { connections: Patterns::everything(), ..connecting() }).await;
    let made = two.here.post("/v1/connections", Some(&owner), &an_app(&two, "theirs")).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let of = async |name: &str| {
        let mut problem =
            two.here.post("/v1/connections", Some(&key), &an_app(&two, name)).await.problem(403, "denied");
        problem["instance"] = Value::Null;
        problem.to_string().replace(name, "NAME")
    };
    assert_eq!(of("theirs").await, of("others").await);
    for path in ["test", "reconnect"] {
        let of = async |name: &str| {
            let path = format!("/v1/connections/{name}/{path}");
            let mut problem = two.here.post(&path, Some(&key), &json!({})).await.problem(404, "unknown_connection");
            problem["instance"] = Value::Null;
            problem.to_string().replace(name, "NAME")
        };
        assert_eq!(of("theirs").await, of("others").await);
    }
    let without = two.here.key(Grant { connect: false, ..connecting() }).await;
    let problem = two.here.post("/v1/connections", Some(&without), &an_app(&two, "mine")).await.problem(403, "denied");
    assert_eq!(problem["reason"], "right");
    two.end().await;
}

#[tokio::test]
async fn only_whoever_began_it_sees_what_became_of_it() {
    let two = Two::new().await;
    let (key, other) = (two.connector().await, two.connector().await);
    let begun = begin(&two.here, &key, &by_browser("mine")).await;
    let path = format!("/v1/sign-ins/{}", begun["id"].as_str().unwrap());
    two.there.get(&path, Some(&other)).await.problem(404, "not_found");
    assert_eq!(two.there.get(&path, Some(&key)).await.status.as_u16(), 200);
    two.end().await;
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_refused() {
    let two = Two::new().await;
    let key = two.connector().await;
    for back in ["https://evil.example/", "javascript:alert(1)", "https://app.contoso.example.evil.example/"] {
        let mut body = by_browser("mine");
        body["back"] = json!(back);
        let problem = two.here.post("/v1/connections", Some(&key), &body).await.problem(400, "invalid_input");
        assert_eq!(problem["issues"][0]["pointer"], "/back");
    }
    let mut elsewhere = by_browser("mine");
    elsewhere["settings"]["redirectUri"] = json!("https://evil.example/callback");
    let problem = two.here.post("/v1/connections", Some(&key), &elsewhere).await.problem(400, "invalid_input");
    assert_eq!(problem["issues"][0]["pointer"], "/settings/redirectUri");
    let mut wrong = by_browser("mine");
    wrong["settings"]["clientId"] = Value::Null;
    wrong["settings"]["scopes"] = json!(["not a scope"]);
    let problem = two.here.post("/v1/connections", Some(&key), &wrong).await.problem(400, "invalid_input");
    let pointers = problem["issues"].as_array().unwrap().iter().map(|issue| issue["pointer"].as_str().unwrap());
    assert!(pointers.clone().count() > 0 && pointers.clone().all(|pointer| pointer.starts_with("/settings/")));
    two.end().await;
}

#[tokio::test]
async fn who_says_no_reads_why() {
    let two = Two::new().await;
    let key = two.connector().await;
    let begun = begin(&two.here, &key, &by_browser("mine")).await;
    let mut browser = Browser::default();
    let at = browser.begin(&two.here, &begun).await;
    let state = at.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let said = "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E";
    let page = browser.open(&two.here, &format!("/oauth/callback?{said}&state={state}")).await;
    refused(&page, "The sign-in has failed");
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert_eq!(status(&two.here, &key, &begun).await["state"], "failed");
    two.end().await;
}
