//! `kill -9` in the middle of runs: nothing is lost, nothing is done twice.

use serde_json::{Value, json};

use super::{Client, Service, contacts, key, no_faults, slow, until};
use crate::keys::there;
use crate::program::{Home, Served};

const ITEMS: usize = 200;
const CREATE: &str = "outlook.create_contact";

// Checks what a bulk run says of its items against what is there.
fn check(home: &Home, surname: &str, outcomes: &[Value]) {
    let there = there(home, surname);
    assert!(there.values().all(|times| *times == 1), "made twice: {there:?}");
    assert_eq!(outcomes.len(), ITEMS);
    for outcome in outcomes {
        let name = format!("N{}", outcome["index"]);
        match &outcome["ok"] {
            Value::Bool(true) => assert!(there.contains_key(&name), "{name} is said to be done"),
            _ => assert_eq!(outcome["error"]["code"], "outcome_unknown", "{outcome}"),
        }
    }
    let done = outcomes.iter().filter(|outcome| outcome["ok"] == true).count();
    let unknown = ITEMS - done;
    assert!((done..=done + unknown).contains(&there.len()), "{} there, {done} done, {unknown} unknown", there.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_with_a_key_goes_on_after_a_restart() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let (_, key) = key(&home);
    slow(&sandbox, "$batch", 30);
    for killed_after in [1, 4, 8] {
        let surname = format!("Killed{killed_after}");
        let input = contacts(&surname, ITEMS);
        let headers = [("idempotency-key", &*surname)];
        let mut service = Service::start(&home);
        let before = sandbox.requests();
        let (client, url) = (Client::new(Some(&key)), service.run(CREATE));
        let call = {
            let (client, input, surname) = (client.clone(), input.clone(), surname.clone());
            tokio::spawn(async move { client.try_post(&url, &[("idempotency-key", &*surname)], &input).await.is_ok() })
        };
        until(|| sandbox.requests() >= before + killed_after).await;
        service.kill();
        call.await.unwrap();
        // What was begun is not lost: it stands in the log, with an end that nobody knows.
        let open = home.run(&["audit", "--open", "--action", CREATE]).json();
        assert_eq!(open["items"][0]["action"], CREATE, "{open}");

        let service = Service::start(&home);
        let url = service.run(CREATE);
        let answer = client.post(&url, &headers, &input).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        check(&home, &surname, answer.json()["items"].as_array().unwrap());
        let again = client.post(&url, &headers, &input).await;
        assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &answer.body));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_changes_goes_on_after_a_restart() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let (_, key) = key(&home);
    let client = Client::new(Some(&key));
    slow(&sandbox, "$batch", 50);
    let (input, headers) = (contacts("Streamed", ITEMS), [("idempotency-key", "streamed")]);
    let mut service = Service::start(&home);
    let mut lines = client.lines(&service.run(CREATE), &headers, &input).await;
    lines.first().await;
    service.kill();
    let (read, is_whole) = lines.rest().await;
    let is_end = |line: &Value| line.get("$result").is_some() || line.get("$error").is_some();
    assert!(!is_whole && !read.iter().any(is_end), "a stream that broke off has no last line: {read:?}");

    let service = Service::start(&home);
    let (mut lines, is_whole) = client.lines(&service.run(CREATE), &headers, &input).await.rest().await;
    let end = lines.pop().unwrap();
    assert!(is_whole && end.get("$result").is_some(), "{end}");
    check(&home, "Streamed", &lines);
    let (replayed, _) = client.lines(&service.run(CREATE), &headers, &input).await.rest().await;
    assert_eq!(replayed[..ITEMS], lines[..], "the outcome is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_broke_off_is_read_again_whole() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let client = Client::new(None);
    let input = json!({ "fetchAll": true });
    let mut service = Service::start(&home);
    let list = |service: &Service| service.run("outlook.list_emails");
    let (whole, _) = client.lines(&list(&service), &[], &input).await.rest().await;
    assert!(whole.last().unwrap().get("$result").is_some() && whole.len() > 2);
    slow(&sandbox, "/messages", 600_000);
    let path = list(&service);
    let call = {
        let client = client.clone();
        tokio::spawn(async move { client.try_post(&path, &[("accept", "application/x-ndjson")], &json!({})).await })
    };
    let before = sandbox.requests();
    until(|| sandbox.requests() > before || sandbox.requests() > 1).await;
    service.kill();
    assert!(call.await.unwrap().is_err());
    no_faults(&sandbox);
    let service = Service::start(&home);
    let (again, is_whole) = client.lines(&list(&service), &[], &input).await.rest().await;
    assert!(is_whole);
    assert_eq!(again, whole);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_sent_once_whatever_is_killed() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let (_, key) = key(&home);
    let client = Client::new(Some(&key));
    let mail = json!({ "to": ["meganb@contoso.example"], "subject": "Killed", "body": "At noon?" });
    let headers = [("idempotency-key", "mail")];
    slow(&sandbox, "/send", 600_000);
    let mut service = Service::start(&home);
    let send = service.run("outlook.send_email");
    let call = {
        let (client, mail) = (client.clone(), mail.clone());
        tokio::spawn(async move { client.try_post(&send, &[("idempotency-key", "mail")], &mail).await })
    };
    let reached = || sandbox.control("GET", "requests", &Value::Null)["requests"].to_string().contains("/send");
    until(reached).await;
    service.kill();
    assert!(call.await.unwrap().is_err());
    no_faults(&sandbox);

    let service = Service::start(&home);
    let answer = client.post(&service.run("outlook.send_email"), &headers, &mail).await;
    match answer.status {
        200 => assert_eq!(answer.json()["sent"], true),
        _ => drop(answer.problem(502, "outcome_unknown")),
    }
    let query = ["--set", "folderId=sentitems", "--set", "query.filter=subject eq 'Killed'"];
    let sent = home.on_sandbox(&[&["run", "outlook.list_emails"], &query[..]].concat()).json();
    let sent = sent["items"].as_array().unwrap().len();
    assert!(sent == 1 || (sent == 0 && answer.status == 502), "{sent} sent: {answer:?}");
}
