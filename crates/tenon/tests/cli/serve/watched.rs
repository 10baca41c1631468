//! Watches and deliveries of the real program: two processes over one store, killed at any moment; nothing is lost, nothing is there
//! twice.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Client, Service};
use crate::program::{Home, Served};

const EVENTS: &str = "/v1/watches/inbox/events";

fn watcher(home: &Home) -> String {
    let made = home.run(&["keys", "add", "watcher", "--connection", "sandbox", "--action", "*", "--right", "watches"]);
    made.json()["key"].as_str().unwrap().to_owned()
}

fn deliver(sandbox: &Served, subject: &str) {
    sandbox.control(
        "POST",
        "deliver",
        &json!({ "mailbox": "adelev@contoso.example", "message": { "subject": subject } }),
    );
}

// How often each subject is among the events of a page.
fn subjects(page: &Value, all: &mut BTreeMap<String, usize>) {
    for event in page["events"].as_array().unwrap() {
        *all.entry(event["data"]["subject"].as_str().unwrap().to_owned()).or_default() += 1;
    }
}

async fn polled(client: &Client, service: &Service) {
    for _ in 0..1500 {
        if client.get(&format!("{}/v1/watches/inbox", service.url)).await.json()["polled"].is_string() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it was never polled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_outlive_any_kill_and_come_once() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let key = watcher(&home);
    let client = Client::new(Some(&key));
    let made = home.on_sandbox(&["watch", "add", "outlook.new_email", "--name", "inbox", "--interval", "1s"]);
    assert_eq!(made.json()["name"], "inbox", "{made:?}");
    let steady = Service::start(&home);
    polled(&client, &steady).await;
    for round in 0..5 {
        let mut killed = Service::start(&home);
        for at in 0..4 {
            deliver(&sandbox, &format!("{round}.{at}"));
            // Each round is killed at another moment of its polls.
            tokio::time::sleep(std::time::Duration::from_millis(100 + 130 * round)).await;
        }
        killed.kill();
    }
    let (mut all, mut after) = (BTreeMap::new(), 0);
    while all.len() < 20 {
        let page = client.get(&format!("{}{EVENTS}?after={after}&wait=20s", steady.url)).await.json();
        assert!(!page["events"].as_array().unwrap().is_empty(), "only these came: {all:?}");
        subjects(&page, &mut all);
        after = page["after"].as_u64().unwrap();
    }
    assert!(all.values().all(|times| *times == 1), "{all:?}");

    // The command prints the same feed, and a consumer gets each once.
    let printed = home.run(&["watch", "events", "inbox", "--consumer", "erp"]);
    assert_eq!(printed.out.lines().count(), 20, "{printed:?}");
    let again = home.run(&["watch", "events", "inbox", "--consumer", "erp"]);
    assert!(again.out.is_empty(), "{again:?}");
}

#[test]
fn the_commands_tell_what_is_wrong() {
    let home = Home::new();
    let unknown = home.run(&["--json", "watch", "show", "nowhere"]);
    assert_eq!(unknown.error()["code"], "not_found");
    let wrong = home.on_sandbox(&["--json", "watch", "add", "outlook.new_email", "--name", "x", "--set", "folder=1"]);
    assert_eq!(wrong.pointers(), ["/input/folder"]);
    let made = home.on_sandbox(&["watch", "add", "outlook.new_email", "--name", "inbox"]);
    assert_eq!(made.json()["state"], "active");
    let twice = home.on_sandbox(&["--json", "watch", "add", "outlook.new_email", "--name", "inbox"]);
    assert_eq!(
        (twice.error()["code"].as_str(), twice.error()["reason"].as_str()),
        (Some("conflict"), Some("name_taken"))
    );
    let tried = home.run(&["watch", "try", "inbox"]).json();
    assert!(tried["items"].as_array().is_some_and(|items| !items.is_empty()), "{tried}");
    assert_eq!(home.run(&["watch", "pause", "inbox", "--reason", "holiday"]).json()["state"], "paused");
    assert_eq!(home.run(&["watch"]).json()["items"][0]["name"], "inbox");
    assert_eq!(home.run(&["watch", "remove", "inbox"]).json()["removed"], "inbox");
    assert_eq!(home.run(&["watch", "list"]).json(), json!({ "items": [] }));
}

#[test]
fn a_file_is_applied_once() {
    let home = Home::new();
    let file = |interval: &str| {
        format!("[watches.inbox]\ntrigger = 'outlook.new_email'\nconnection = 'sandbox'\ninterval = '{interval}'\n")
    };
    let done = |interval: &str| {
        home.write("tenon.toml", file(interval));
        let applied = home.run(&["apply", "-f", "tenon.toml"]).json();
        applied["items"][0]["done"].as_str().unwrap().to_owned()
    };
    assert_eq!([done("30s"), done("30s"), done("1m"), done("1m")], ["added", "unchanged", "changed", "unchanged"]);
    assert_eq!(home.run(&["watch", "show", "inbox"]).json()["intervalSeconds"], 60);
    home.write("tenon.toml", file("soon"));
    let wrong = home.run(&["--json", "apply", "-f", "tenon.toml"]);
    assert_eq!(wrong.pointers(), ["/watches/inbox/interval"]);
    home.write("tenon.toml", "[watches.inbox]\ntrigger = 'outlook.deleted_email'\nconnection = 'sandbox'\n");
    let other = home.run(&["--json", "apply", "-f", "tenon.toml"]).error();
    assert_eq!((other["code"].as_str(), other["reason"].as_str()), (Some("conflict"), Some("other_watch")));
}

// Takes one request, and answers it: its head and its body.
fn received(listener: &std::net::TcpListener) -> (String, String) {
    use std::io::{BufRead, BufReader, Read, Write};
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        let line = line.to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    reader.into_inner().write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
    (head, String::from_utf8(body).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_arrives_signed_at_a_receiver() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    // Only public addresses, unless somebody says so.
    let refused = home.run(&["--json", "destinations", "add", "crm", &url]);
    assert_eq!(refused.pointers(), ["/url"]);
    let allowed = ["--allow-destination", "127.0.0.1"];
    let made = home.run(&[&["destinations", "add", "crm", &*url], &allowed[..]].concat()).json();
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"), "{made}");
    assert!(home.run(&["destinations", "show", "crm"]).json().get("secret").is_none());
    let service = Service::with(&home, &allowed);
    let added = ["watch", "add", "outlook.new_email", "--name", "inbox", "--interval", "1s", "--to", "crm"];
    let watch = home.on_sandbox(&added).json();
    assert_eq!(watch["destinations"][0], made["id"]);
    let client = Client::new(Some(&watcher(&home)));
    polled(&client, &service).await;
    deliver(&sandbox, "Lunch");
    let (head, body) = tokio::task::spawn_blocking(move || received(&listener)).await.unwrap();
    let message: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&message["type"], &message["data"]["subject"]), (&json!("outlook.new_email"), &json!("Lunch")));
    for header in ["webhook-id:", "webhook-timestamp:", "webhook-signature: v1,", "traceparent:"] {
        assert!(head.contains(header), "{header} {head}");
    }
    assert_eq!(home.run(&["deliveries", "list", "crm"]).json(), json!({ "items": [] }));
    let used = home.run(&["--json", "destinations", "remove", "crm"]).error();
    assert_eq!((used["code"].as_str(), used["reason"].as_str()), (Some("conflict"), Some("in_use")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_there_at_once_in_real_time() {
    let home = Home::new();
    let service = Service::with(&home, &["--sandbox"]);
    assert!(service.announced["notifications"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let added = ["watch", "add", "outlook.new_email", "--name", "inbox", "--interval", "1h", "--real-time"];
    let watch = home.on_sandbox(&added).json();
    assert_eq!((&watch["mode"], &watch["subscription"]), (&json!("realTime"), &json!("creating")));
    let client = Client::new(Some(&watcher(&home)));
    polled(&client, &service).await;
    for _ in 0..1500 {
        if client.get(&format!("{}/v1/watches/inbox", service.url)).await.json()["subscription"] == "active" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mail = json!({ "mailbox": "adelev@contoso.example", "message": { "subject": "Lunch" } });
    let sandbox = service.announced["sandbox"].as_str().unwrap();
    assert_eq!(client.post(&format!("{sandbox}/sandbox/deliver"), &[], &mail).await.status, 200);
    // By its interval it would be polled in an hour.
    let page = client.get(&format!("{}{EVENTS}?wait=30s", service.url)).await.json();
    assert_eq!(page["events"][0]["data"]["subject"], "Lunch", "{page}");
    // What cannot be is refused before anything is served.
    let refused = home.run(&["--json", "serve", "--ingress-listen", "127.0.0.1:0"]).error();
    assert!(refused["message"].as_str().unwrap().contains("--ingress-listen"), "{refused}");
}
