//! Endings: of the service, of a key, and of clients who do not wait.

use serde_json::{Value, json};

use super::{Client, Service, contacts, key, no_faults, slow, until};
use crate::keys::there;
use crate::program::{Home, Served};

const CREATE: &str = "outlook.create_contact";
const LIST: &str = "outlook.list_contacts";

// A mailbox with so many contacts, of which a page has at most 100.
fn with_contacts(home: &Home, count: usize) {
    home.write("input.json", contacts("Listed", count).to_string());
    let made = home.on_sandbox(&["run", CREATE, "--input", "@input.json"]);
    assert_eq!(made.json()["succeeded"], count);
}

fn all() -> Value {
    json!({ "fetchAll": true, "query": { "select": ["givenName"] } })
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_can_ends_whole_when_the_service_is_stopped() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    with_contacts(&home, 400);
    let mut service = Service::start(&home);
    slow(&sandbox, "/contacts", 150);
    let mut lines = Client::new(None).lines(&service.run(LIST), &[], &all()).await;
    lines.first().await;
    service.process.terminate();
    let (lines, is_whole) = lines.rest().await;
    assert!(is_whole && lines.len() > 400, "{}", lines.len());
    assert!(lines.last().unwrap().get("$result").is_some());
    assert_eq!(service.process.wait(), 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_end_in_time_is_told_so() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let (_, key) = key(&home);
    with_contacts(&home, 200);
    let mut service = Service::with(&home, &["--stop-timeout", "3s"]);
    let client = Client::new(Some(&key));
    let rule = json!({ "fault": { "kind": "slow", "millis": 600_000 }, "path": "/contacts", "nth": 2 });
    sandbox.control("POST", "faults", &rule);
    let mut read = client.lines(&service.run(LIST), &[], &all()).await;
    read.first().await;
    // A read in one document, and a change.
    let before = sandbox.requests();
    slow(&sandbox, "/messages", 600_000);
    slow(&sandbox, "/masterCategories", 600_000);
    let call = |action: &str, key: &'static str, input: Value| {
        let (client, url) = (client.clone(), service.run(action));
        tokio::spawn(async move { client.try_post(&url, &[("idempotency-key", key)], &input).await.unwrap() })
    };
    let whole = call("outlook.list_emails", "read", json!({ "limit": 1 }));
    let category = json!({ "displayName": "Ended", "color": "preset1" });
    let change = call("outlook.create_category", "change", category.clone());
    until(|| sandbox.requests() >= before + 2).await;
    service.process.terminate();

    let (lines, is_whole) = read.rest().await;
    let end = &lines.last().unwrap()["$error"];
    assert!(is_whole, "the end is told, and not a cut");
    assert_eq!((end["code"].as_str(), end["reason"].as_str()), (Some("unavailable"), Some("ending")), "{end}");
    let whole = whole.await.unwrap();
    assert_eq!(whole.problem(503, "unavailable")["retryable"], true);
    assert_eq!(whole.header("retry-after"), "1");
    let hint = change.await.unwrap().problem(502, "outcome_unknown")["hint"].clone();
    assert!(hint.as_str().unwrap().contains("same key"), "{hint}");
    assert_eq!(service.process.wait(), 0);

    // The change goes on where it broke off.
    no_faults(&sandbox);
    let service = Service::start(&home);
    let again = client.post(&service.run("outlook.create_category"), &[("idempotency-key", "change")], &category).await;
    assert!([200, 502].contains(&again.status), "{again:?}");
    let categories = home.on_sandbox(&["run", "outlook.list_categories"]).json();
    let made = categories["items"].as_array().unwrap().iter().filter(|one| one["displayName"] == "Ended").count();
    assert!(made == 1 || (made == 0 && again.status == 502), "{made} made: {again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_revoked_ends_its_streams_and_not_its_changes() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let (id, key) = key(&home);
    with_contacts(&home, 800);
    let service = Service::start(&home);
    let client = Client::new(Some(&key));
    let input = contacts("Revoked", 100);
    slow(&sandbox, "/contacts?", 600);
    let rule = json!({ "fault": { "kind": "slow", "millis": 400 }, "path": "$batch" });
    sandbox.control("POST", "faults", &rule);
    let mut read = client.lines(&service.run(LIST), &[], &all()).await;
    read.first().await;
    let mut change = client.lines(&service.run(CREATE), &[("idempotency-key", "revoked")], &input).await;
    change.first().await;
    assert_eq!(home.run(&["keys", "revoke", &id]).json()["revoked"][0], *id);

    let (lines, is_whole) = read.rest().await;
    let end = &lines.last().unwrap()["$error"];
    assert!(is_whole);
    assert_eq!((end["code"].as_str(), end["reason"].as_str()), (Some("denied"), Some("unknown_key")), "{end}");
    assert!(lines.len() < 800, "{}", lines.len());
    let (lines, _) = change.rest().await;
    assert!(lines.last().unwrap().get("$result").is_some(), "a change that has begun is finished");
    client.post(&service.run(LIST), &[], &all()).await.problem(401, "unauthenticated");
    no_faults(&sandbox);
    assert_eq!(there(&home, "Revoked").len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_finished_when_its_client_hangs_up() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let (_, key) = key(&home);
    let service = Service::start(&home);
    slow(&sandbox, "$batch", 100);
    let (input, headers) = (contacts("Hung", 100), [("idempotency-key", "hung")]);
    {
        // Its connection ends with it.
        let client = Client::new(Some(&key));
        let mut lines = client.lines(&service.run(CREATE), &headers, &input).await;
        lines.first().await;
    }
    let client = Client::new(Some(&key));
    let answer = loop {
        let answer = client.post(&service.run(CREATE), &headers, &input).await;
        if answer.status != 409 {
            break answer;
        }
        assert_eq!(answer.problem(409, "conflict")["reason"], "key_in_use");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    assert_eq!((answer.status, answer.json()["succeeded"].as_u64()), (200, Some(100)), "{answer:?}");
    let there = there(&home, "Hung");
    assert!(there.len() == 100 && there.values().all(|times| *times == 1), "{there:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_ends_when_its_client_hangs_up() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let mut service = Service::with(&home, &["--stop-timeout", "1h"]);
    slow(&sandbox, "/messages", 3_600_000);
    let client = Client::new(None);
    let url = service.run("outlook.list_emails");
    let call = tokio::spawn(async move { client.try_post(&url, &[], &json!({ "limit": 1 })).await });
    until(|| sandbox.requests() > 0).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    // It waits for what is running, and nothing is.
    service.process.terminate();
    assert_eq!(service.process.wait(), 0);
}
