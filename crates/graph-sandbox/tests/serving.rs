//! The server itself: large bodies, connections that are kept, its end.

mod common;

use std::net::Ipv4Addr;

use common::{answer, world};
use graph_sandbox::{Holder, Sandbox};
use reqwest::Client;

#[tokio::test]
async fn a_large_body_comes_in() {
    let world = world().await;
    let body = vec![7; 60 << 20];
    let response = world.http.put(world.url("/v1.0/nothing")).body(body).send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(world.sandbox.requests()[0].bytes, 60 << 20);
}

#[tokio::test]
async fn pages_of_others_give_no_orders() {
    let world = world().await;
    let port = world.server.address().port();
    let ask = async |headers: &[(&str, String)]| {
        let request = world.http.post(world.url("/sandbox/faults")).body(r#"{"fault":{"kind":"unauthorized"}}"#);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        request.send().await.unwrap().status().as_u16()
    };
    for host in
        ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "127.0.0.1@evil.example", ""]
    {
        assert_eq!(ask(&[("host", format!("{host}:{port}"))]).await, 421, "{host}");
    }
    for origin in
        ["https://evil.example".to_owned(), "null".into(), format!("http://127.0.0.1:{}", port - 1), String::new()]
    {
        assert_eq!(ask(&[("origin", origin.clone())]).await, 403, "{origin}");
    }
    let (_, rules) = answer(world.get("/sandbox/faults").await).await;
    assert!(!rules.to_string().contains("unauthorized"), "{rules}");
    for (host, origin) in
        [("localhost", None), ("[::1]", None), ("127.0.0.1", Some("127.0.0.1")), ("localhost", Some("localhost"))]
    {
        let origin = origin.map(|origin| ("origin", format!("http://{origin}:{port}")));
        let headers: Vec<_> = [("host", format!("{host}:{port}"))].into_iter().chain(origin).collect();
        assert!(ask(&headers).await < 300, "{headers:?}");
    }
}

#[tokio::test]
async fn over_tls_it_is_trusted_by_its_root_alone() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let sandbox = Sandbox::new();
    let server = sandbox.serve_tls((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let root = reqwest::Certificate::from_pem(server.root_certificate().unwrap().as_bytes()).unwrap();
    let client = |roots: Vec<reqwest::Certificate>| Client::builder().no_proxy().tls_certs_only(roots).build().unwrap();
    let token = sandbox.issue_token(Holder::User("AdeleV@contoso.example"), &["Mail.Read"]);
    let trusting = client(vec![root]);
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("https://{host}:{}/v1.0/me/messages?$top=1", server.address().port());
        let (status, page) = answer(trusting.get(&url).bearer_auth(&token).send().await.unwrap()).await;
        assert_eq!(status, 200, "{page}");
        let next = page["@odata.nextLink"].as_str().unwrap();
        assert!(next.starts_with(&format!("https://{host}:")), "{next}");
    }
    assert!(server.url().starts_with("https://127.0.0.1:"));
    let other = sandbox.serve_tls((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    assert!(trusting.get(format!("{}/sandbox/faults", other.url())).send().await.is_err(), "each has its own root");
    let plain = format!("http://{}/sandbox/faults", server.address());
    assert!(trusting.get(plain).send().await.is_err(), "without TLS nothing is answered");
    server.shutdown().await;
}

#[test]
fn who_can_sign_in_is_listed() {
    let accounts = Sandbox::new().accounts();
    let has = |name: &str| accounts.iter().any(|account| account.user_principal_name.eq_ignore_ascii_case(name));
    assert!(has("AdeleV@contoso.example") && has(graph_sandbox::PERSONAL_ACCOUNT), "{accounts:?}");
}

#[tokio::test]
async fn it_ends_when_it_is_shut_down_or_dropped() {
    let world = world().await;
    let url = world.url("/v1.0/me");
    assert!(world.http.get(&url).send().await.is_ok());
    world.server.shutdown().await;
    assert!(world.http.get(&url).send().await.unwrap_err().is_connect());

    let world = common::serve(world.sandbox).await;
    let url = world.url("/v1.0/me");
    assert!(world.http.get(&url).send().await.is_ok());
    drop(world.server);
    // the task ends at its next turn
    tokio::task::yield_now().await;
    while world.http.get(&url).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn counting_keeps_no_list() {
    let world = world().await;
    world.sandbox.count_only(true);
    for _ in 0..3 {
        world.get("/v1.0/me").await;
    }
    assert_eq!((world.sandbox.request_count(), world.sandbox.requests().len()), (3, 0));
    world.sandbox.forget_requests();
    assert_eq!(world.sandbox.request_count(), 0);
}
