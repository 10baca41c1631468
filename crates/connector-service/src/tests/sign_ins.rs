//! Sign-ins over HTTP that succeed: an app, a browser, a code on another device.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use graph_sandbox::seeds;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use super::two_services::{ADELE, APP, Browser, Two, an_app, begin, by_browser, check_headers, sign_in, status};
use super::world::World;
use crate::options::Options;

const RUN: &str = "/v1/actions/outlook.list_emails/run?connection=mine";

#[tokio::test]
async fn an_app_is_signed_in_at_once() {
    let two = Two::new().await;
    let key = two.connector().await;
    let made = two.here.post("/v1/connections", Some(&key), &an_app(&two, "mine")).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let info = &made.json()["done"];
    assert_eq!((info["name"].as_str(), info["method"].as_str()), (Some("mine"), Some("client_credentials")));
    assert!(!made.body.contains(seeds::DAEMON_SECRET));
    let ran = two.there.post(RUN, Some(&key), &json!({ "limit": 1 })).await;
    assert_eq!(ran.status.as_u16(), 200, "{}", ran.body);
    // Anew, with the settings and the secret that are stored.
    let again = two.there.post("/v1/connections/mine/reconnect", Some(&key), &json!({})).await;
    assert_eq!(again.status.as_u16(), 200, "{}", again.body);
    assert_eq!(again.json()["done"]["id"], info["id"], "it keeps its id");
    let entries = two.here.get("/v1/audit", Some(&key)).await.json();
    let kinds: Vec<&Value> = entries["entries"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert!(
        kinds.contains(&&json!("connection_added")) && kinds.contains(&&json!("connection_signed_in")),
        "{kinds:?}"
    );
    two.end().await;
}

#[tokio::test]
async fn a_browser_signs_in_from_the_link_to_a_run_on_another_service() {
    let two = Two::new().await;
    let key = two.connector().await;
    let mut body = by_browser("mine");
    body["back"] = json!(format!("{APP}/connected?for=mine"));
    let begun = begin(&two.here, &key, &body).await;
    let redirect_uri = format!("http://localhost:{}/oauth/callback", two.here.address.port());
    assert_eq!(begun["redirectUri"], json!(redirect_uri));
    assert!(begun["browser"].as_str().unwrap().starts_with(&redirect_uri.replace("oauth/callback", "sign-in/")));
    assert_eq!(status(&two.here, &key, &begun).await["state"], "waiting");

    let mut browser = Browser::default();
    let at = browser.begin(&two.there, &begun).await;
    let asked: Vec<String> = at.query_pairs().filter(|(name, _)| name == "prompt").map(|(_, v)| v.into()).collect();
    assert_eq!(asked, ["select_account"], "a link never signs in unseen");
    let callback = sign_in(&two, &at, ADELE).await;
    let page = browser.open(&two.there, &callback).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.body);
    check_headers(&page);
    let onward = format!("<meta http-equiv=\"refresh\" content=\"0;url={APP}/connected?for=mine\">");
    assert!(page.body.contains(&onward), "{}", page.body);
    assert_eq!(browser.cookies().count(), 0, "the cookie has done its work");

    let ended = status(&two.here, &key, &begun).await;
    assert_eq!((ended["state"].as_str(), ended["connection"].as_str()), (Some("done"), Some("mine")), "{ended}");
    let ran = two.there.post(RUN, Some(&key), &json!({ "limit": 1 })).await;
    assert_eq!(ran.status.as_u16(), 200, "{}", ran.body);
    let shown = two.here.get("/v1/connections/mine", Some(&key)).await.json();
    assert_eq!(shown["identity"]["username"], ADELE);
    let entries = two.there.get("/v1/audit?kind=connection_added", Some(&key)).await.json();
    let entry = &entries["entries"][0];
    assert_eq!((&entry["principal"], &entry["connection"]), (&json!(key.id), &ended["connectionId"]), "{entries}");
    two.end().await;
}

#[tokio::test]
async fn without_an_address_to_return_to_the_browser_sees_a_page_of_the_service() {
    let two = Two::new().await;
    let key = two.connector().await;
    let begun = begin(&two.here, &key, &by_browser("mine")).await;
    let mut browser = Browser::default();
    let at = browser.begin(&two.here, &begun).await;
    let page = browser.open(&two.here, &sign_in(&two, &at, ADELE).await).await;
    assert!(page.body.contains("content=\"0;url=/oauth/connected\""), "{}", page.body);
    let last = browser.open(&two.here, "/oauth/connected").await;
    assert_eq!(last.status.as_u16(), 200);
    check_headers(&last);
    two.end().await;
}

#[tokio::test]
async fn behind_a_proxy_the_addresses_are_public_and_the_cookie_travels_over_tls_alone() {
    let two = Two::new().await;
    let options = Options::new().public_url("https://tenon.contoso.example".parse().unwrap());
    let public = World::over(two.here.host.clone(), two.sandbox.clone(), options).await;
    let key = two.connector().await;
    let begun = begin(&public, &key, &by_browser("mine")).await;
    assert_eq!(begun["redirectUri"], "https://tenon.contoso.example/oauth/callback");
    let link = begun["browser"].as_str().unwrap();
    let path = link.strip_prefix("https://tenon.contoso.example").unwrap();
    let opened = Browser::default().open(&public, path).await;
    assert!(opened.header("set-cookie").ends_with("; Secure"), "{:?}", opened.headers);
    assert!(opened.header("location").contains("redirect_uri=https%3A%2F%2Ftenon.contoso.example%2Foauth%2Fcallback"));
    public.end().await;
    two.end().await;
}

#[tokio::test]
async fn one_browser_signs_in_twice_at_the_same_time() {
    let two = Two::new().await;
    let key = two.connector().await;
    let mut browser = Browser::default();
    let first = begin(&two.here, &key, &by_browser("mine-1")).await;
    let second = begin(&two.here, &key, &by_browser("mine-2")).await;
    let (one, other) = (browser.begin(&two.here, &first).await, browser.begin(&two.here, &second).await);
    // Opening a link twice, as a preview of it in a chat does, uses nothing up.
    assert_eq!(browser.begin(&two.there, &first).await, one);
    for (at, begun) in [(one, first), (other, second)] {
        let page = browser.open(&two.there, &sign_in(&two, &at, ADELE).await).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.body);
        assert_eq!(status(&two.here, &key, &begun).await["state"], "done");
    }
    two.end().await;
}

#[tokio::test]
async fn a_code_on_another_device_is_finished_by_whatever_service_runs() {
    let two = Two::new().await;
    let key = two.connector().await;
    let body = json!({
        "name": "mine", "connector": "outlook",
        "settings": { "method": "device_code", "clientId": seeds::PUBLIC, "tenantId": "organizations" },
    });
    let begun = begin(&two.here, &key, &body).await;
    let code = begun["device"]["userCode"].as_str().unwrap();
    assert!(begun["device"]["verificationUri"].as_str().unwrap().starts_with("https://"));
    two.sandbox.approve_device(code, ADELE).unwrap();
    // The service that began it is gone.
    let Two { here, there, folder, .. } = two;
    here.end().await;
    let ended = loop {
        let now = status(&there, &key, &begun).await;
        if now["state"] != "waiting" {
            break now;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(ended["state"], "done", "{ended}");
    let ran = there.post(RUN, Some(&key), &json!({ "limit": 1 })).await;
    assert_eq!(ran.status.as_u16(), 200, "{}", ran.body);
    there.end().await;
    drop(folder);
}

/// A place for what is logged.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logged {
    type Writer = Logged;

    fn make_writer(&'a self) -> Logged {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_in_an_answer_or_in_the_log() {
    let logged = Logged::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(logged.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let two = Two::new().await;
    let key = two.connector().await;
    let profile =
        json!({ "clientId": seeds::WEB, "clientSecret": "canary-of-a-profile", "redirectUri": "http://localhost" });
    let mut answers = Vec::new();
    let put =
        two.here.request(http::Method::PUT, "/v1/profiles/web", Some(&key)).header("content-type", "application/json");
    let put = put.body(http_body_util::Full::from(profile.to_string())).unwrap();
    answers.push(two.here.send(put).await.body);

    let begun = begin(&two.here, &key, &by_browser("mine")).await;
    let token = begun["browser"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let mut browser = Browser::default();
    let at = browser.begin(&two.here, &begun).await;
    let cookie = browser.cookies().next().unwrap().to_owned();
    let state = at.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let callback = sign_in(&two, &at, ADELE).await;
    let code = callback.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    answers.push(browser.open(&two.here, &callback).await.body);
    answers.push(browser.open(&two.here, &callback).await.body);
    for path in [
        "/v1/connections",
        "/v1/connections/mine",
        "/v1/connections/mine/permissions",
        "/v1/profiles/web",
        "/v1/profiles",
        "/v1/audit",
        "/v1/connections/mine/users",
    ] {
        answers.push(two.there.get(path, Some(&key)).await.body);
    }
    answers.push(status(&two.there, &key, &begun).await.to_string());
    let tested = two.there.post("/v1/connections/mine/test", Some(&key), &json!({})).await;
    assert_eq!(tested.json()["works"], true, "{}", tested.body);
    answers.push(tested.body);
    let stored: Vec<Vec<u8>> = std::fs::read_dir(two.folder.path())
        .unwrap()
        .filter_map(|entry| std::fs::read(entry.unwrap().path()).ok())
        .filter(|content| !content.is_empty())
        .collect();
    assert!(!stored.is_empty());
    two.end().await;

    let log = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    assert!(!log.is_empty(), "what is logged is seen here");
    let canaries =
        vec![seeds::WEB_SECRET.to_owned(), "canary-of-a-profile".to_owned(), cookie, code, state, key.text.clone()];
    for (what, text) in answers.iter().map(|answer| ("an answer", answer)).chain([("the log", &log)]) {
        for canary in &canaries {
            assert!(canary.len() >= 8 && !text.contains(canary.as_str()), "{canary} is in {what}: {text}");
        }
    }
    for secret in canaries.iter().chain([&token]) {
        let found = |content: &Vec<u8>| content.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!stored.iter().any(found), "{secret} is in the store in clear");
    }
    assert!(!log.contains(&token), "the token of the link is in the log");
}
