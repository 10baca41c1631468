//! Starts: what is printed, and what cannot be.

use serde_json::json;

use super::{Client, Service, until};
use crate::program::{Home, Served};

#[test]
fn a_port_that_is_taken_is_told_with_what_to_do() {
    let home = Home::new();
    let service = Service::start(&home);
    let ran = home.run(&["serve", "--listen", &service.address.to_string(), "--json"]);
    let error = ran.error();
    assert_eq!((ran.code, error["code"].as_str()), (41, Some("unavailable")), "{error}");
    assert!(error["message"].as_str().unwrap().contains(&service.address.to_string()), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("port 0"), "{error}");
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_served() {
    let home = Home::new();
    for (options, wanted) in [
        (&["--listen=0.0.0.0:0"][..], "--allow-plain-http"),
        (&["--public-url", "https://tenon.contoso.com/path"], "https://tenon.contoso.com"),
        (&["--files", "ftp://host/path"], "file:///"),
        (&["--stop-timeout", "30"], "30s"),
        (&["--trusted-proxy", "10.0.0.0/33"], "10.0.0.0/8"),
    ] {
        let listen: &[&str] = if options[0].starts_with("--listen") { &[] } else { &["--listen=127.0.0.1:0"] };
        let ran = home.run(&[&["serve"], listen, options].concat());
        assert!(ran.code != 0 && ran.out.is_empty() && ran.err.contains(wanted), "{options:?}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_2_is_spoken_with_whoever_knows_it_before() {
    let home = Home::new();
    let service = Service::start(&home);
    let client = Client::http2(None);
    let calls = (0..20).map(|_| {
        let (client, url) = (client.clone(), service.run("outlook.list_emails"));
        tokio::spawn(async move { client.post(&url, &[], &json!({ "limit": 2 })).await })
    });
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.unwrap();
        assert_eq!((answer.status, answer.json()["items"].as_array().unwrap().len()), (200, 2));
    }
    let lines = client.lines(&service.run("outlook.list_emails"), &[], &json!({ "limit": 3 })).await;
    assert_eq!(lines.rest().await.0.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_is_served_beside() {
    let home = Home::new();
    let service = Service::with(&home, &["--sandbox"]);
    let sandbox = service.announced["sandbox"].as_str().unwrap();
    let client = Client::new(None);
    let mail = json!({ "mailbox": "AdeleV@contoso.example", "message": { "subject": "Delivered beside" } });
    assert_eq!(client.post(&format!("{sandbox}/sandbox/deliver"), &[], &mail).await.status, 200);
    let listed = client.post(&service.run("outlook.list_emails"), &[], &json!({ "limit": 1 })).await.json();
    assert_eq!(listed["items"][0]["subject"], "Delivered beside");

    let served = Served::start();
    let ran = Home::at(&served).run(&["serve", "--sandbox", "--listen", "127.0.0.1:0", "--json"]);
    assert_eq!(ran.error()["code"], "invalid_input");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_kept_where_they_are_said_to() {
    let home = Home::new();
    let folder = home.folder().join("shared");
    let service = Service::with(&home, &["--files", &format!("file://{}", folder.display())]);
    let client = Client::new(None);
    let stored = client.post(&format!("{}/v1/files?name=a.json", service.url), &[], &json!({ "a": 1 })).await;
    assert_eq!(stored.status, 201, "{stored:?}");
    until(|| folder.exists()).await;
    assert!(!home.data().join("files").exists());
    let id = stored.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(client.get(&format!("{}/v1/files/{id}", service.url)).await.body, "{\"a\":1}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_problem_has_the_id_of_its_request_and_no_key_stands_in_an_address() {
    let home = Home::new();
    let service = Service::start(&home);
    let client = Client::new(None);
    for (path, status, code) in [
        ("/nothing", 404, "no_such_route"),
        ("/v1/nothing", 404, "no_such_route"),
        ("/v1/actions/%ff", 404, "no_such_route"),
        ("/v1/actions/none.such", 404, "unknown_action"),
        ("/v1/actions/a/run", 405, "method_not_allowed"),
        ("/v1/actions?api_key=canary", 400, "invalid_input"),
        ("/v1/keys?key=canary", 400, "invalid_input"),
        ("/v1/actions?query=tnk_canary", 400, "invalid_input"),
    ] {
        let answer = client.get(&format!("{}{path}", service.url)).await;
        let problem = answer.problem(status, code);
        assert_eq!(problem["instance"], format!("urn:uuid:{}", answer.header("x-request-id")), "{path}");
        assert!(!answer.body.contains("canary"), "{}", answer.body);
        if path.contains("canary") {
            assert!(problem["issues"][0]["message"].as_str().unwrap().contains("Authorization: Bearer"), "{problem}");
        }
    }
}
