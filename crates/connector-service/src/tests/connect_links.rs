//! Links by which somebody connects an account.

use http::Method;
use http_body_util::Full;
use serde_json::{Value, json};

use super::two_services::{ADELE, APP, Browser, Two, an_app, by_browser, connecting, path_of, sign_in};
use super::world::{Answered, Key, World};

async fn made(two: &Two, key: &Key, body: &Value) -> Value {
    let made = two.here.post("/v1/connect-links", Some(key), body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    made.json()
}

// The button of the page.
async fn press(world: &World, path: &str, origin: Option<&str>) -> Answered {
    let mut request = world.request(Method::POST, path, None).header("accept", "text/html,*/*;q=0.8");
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    world.send(request.header("content-type", "application/x-www-form-urlencoded").body(Full::default()).unwrap()).await
}

// Where a page sends the browser on its own.
fn next(page: &Answered) -> String {
    let after = page.body.split_once("content=\"0;url=").unwrap_or_else(|| panic!("{}", page.body)).1;
    after.split('"').next().unwrap().to_owned()
}

/// Signs Adele in by a link, and returns the last page.
pub(super) async fn signed_in_by(two: &Two, path: &str) -> Answered {
    let origin = format!("http://{}", two.there.address);
    let pressed = press(&two.there, path, Some(&origin)).await;
    assert_eq!(pressed.status.as_u16(), 200, "{}", pressed.body);
    let mut browser = Browser::default();
    let at = browser.begin(&two.there, &json!({ "browser": format!("{origin}{}", next(&pressed)) })).await;
    let callback = sign_in(two, &at, ADELE).await;
    browser.open(&two.here, &callback).await
}

#[tokio::test]
async fn a_person_connects_an_account_by_a_link_once() {
    let two = Two::new().await;
    let key = two.connector().await;
    let mut body = by_browser("mine");
    body["back"] = format!("{APP}/done").into();
    let link = made(&two, &key, &body).await;
    let path = path_of(link["url"].as_str().unwrap()).to_owned();
    // Whatever looks at the link, nothing is begun.
    for _ in 0..3 {
        let page = two.there.get(&path, None).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.body);
        assert!(page.body.contains("<form method=\"post\">") && page.body.contains("Mail."), "{}", page.body);
        assert!(page.header("content-security-policy").contains("form-action 'self'"));
        assert_eq!(page.header("referrer-policy"), "same-origin");
    }
    press(&two.there, &path, Some("https://evil.example")).await.problem(403, "foreign_origin");
    let end = signed_in_by(&two, &path).await;
    assert_eq!(next(&end), format!("{APP}/done"));
    let shown = two.here.get("/v1/connections/mine", Some(&key)).await.json();
    assert_eq!(shown["state"], "ready", "{shown}");

    // It was used.
    for page in [two.here.get(&path, None).await, press(&two.here, &path, None).await] {
        assert_eq!(page.status.as_u16(), 424, "{}", page.body);
        assert!(page.body.contains("used before"), "{}", page.body);
    }
    two.end().await;
}

#[tokio::test]
async fn a_link_is_worth_what_its_key_is_worth() {
    let two = Two::new().await;
    let key = two.connector().await;
    let link = made(&two, &key, &by_browser("mine")).await;
    let path = path_of(link["url"].as_str().unwrap()).to_owned();
    for unknown in ["/connect/x".to_owned(), format!("/connect/{}", "0".repeat(64))] {
        assert_eq!(two.here.get(&unknown, None).await.status.as_u16(), 424);
        assert_eq!(press(&two.here, &unknown, None).await.status.as_u16(), 424);
    }
    two.here.post("/v1/connect-links", Some(&key), &by_browser("other")).await.problem(403, "denied");
    two.here.post("/v1/connect-links", Some(&key), &an_app(&two, "mine-app")).await.problem(400, "invalid_input");
    two.here.post("/v1/connect-links", None, &by_browser("mine")).await.problem(401, "unauthenticated");
    let narrowed = connector_runtime::Grant { connect: false, ..connecting() };
    two.here.owner().api_keys().change(&key.id, narrowed).await.unwrap();
    assert_eq!(press(&two.there, &path, None).await.status.as_u16(), 403);
    two.here.owner().api_keys().revoke(&key.id).await.unwrap();
    assert_eq!(two.there.get(&path, None).await.status.as_u16(), 403);

    let other = two.connector().await;
    let link = made(&two, &other, &by_browser("mine-too")).await;
    two.pass(7 * 24 * 3600 + 1);
    let late = two.here.get(path_of(link["url"].as_str().unwrap()), None).await;
    assert_eq!(late.status.as_u16(), 424, "{}", late.body);
    two.end().await;
}

#[tokio::test]
async fn a_page_shows_the_code_for_another_device() {
    let two = Two::new().await;
    let key = two.connector().await;
    let settings = json!({ "method": "device_code", "clientId": graph_sandbox::seeds::PUBLIC, "tenantId": "common" });
    let body = json!({ "name": "mine-tv", "connector": "outlook", "settings": settings });
    let link = made(&two, &key, &body).await;
    let page = press(&two.there, path_of(link["url"].as_str().unwrap()), None).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.body);
    let code = page.body.split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    two.sandbox.approve_device(&code, ADELE).unwrap();
    let mut state = Value::Null;
    for _ in 0..200 {
        state = two.here.get("/v1/connections/mine-tv", Some(&key)).await.json()["state"].clone();
        if state == "ready" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(state, "ready");
    two.end().await;
}
