//! A disk without space. The system refuses every write of a file beyond a size, which is set to nothing.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::json;

use super::{Client, Service, contacts, key, slow, until};
use crate::keys::there;
use crate::program::{Home, Served};

/// Starts the service so that its disk can be full. A full disk sends no signal, and the limit would send one.
pub(super) fn serve(home: &Home, options: &[&str]) -> Service {
    let plain = home.command(&[&["serve", "--listen", "127.0.0.1:0"], options].concat());
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(plain.get_program()).args(plain.get_args());
    command.current_dir(home.folder()).stdin(Stdio::null());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Service::of(&mut command)
}

/// Makes the disk of a service full, or gives it space again.
pub(super) fn set_space(service: &Service, is_there: bool) {
    let pid = Pid::from_child(&service.process.0);
    let now = prlimit(Some(pid), Resource::Fsize, Rlimit { current: None, maximum: None }).unwrap();
    let current = if is_there { now.maximum } else { Some(0) };
    prlimit(Some(pid), Resource::Fsize, Rlimit { current, maximum: now.maximum }).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_space_nothing_is_begun_and_what_only_reads_goes_on() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let (_, key) = key(&home);
    let mut service = serve(&home, &[]);
    let (client, keyless) = (Client::new(Some(&key)), Client::new(None));
    let list = service.run("outlook.list_emails");
    let create = service.run("outlook.create_contact");
    let files = format!("{}/v1/files", service.url);
    let contact = json!({ "givenName": "N0", "surname": "Full" });
    assert_eq!(client.post(&list, &[], &json!({ "limit": 1 })).await.status, 200);
    set_space(&service, false);

    let before = sandbox.requests();
    for headers in [&[("idempotency-key", "full")][..], &[]] {
        let problem = client.post(&create, headers, &contact).await.problem(503, "unavailable");
        let (detail, hint) = (problem["detail"].as_str().unwrap(), problem["hint"].as_str().unwrap());
        assert!(detail.contains("tenon.db") && hint.contains("space"), "{problem}");
    }
    let refused = client.post(&files, &[], &json!({ "a": 1 })).await.problem(503, "unavailable");
    assert!(refused["hint"].as_str().unwrap().contains("space"), "{refused}");
    assert_eq!(sandbox.requests(), before, "nothing was sent");
    // More than what is drawn of a rate at once.
    for _ in 0..20 {
        assert_eq!(client.post(&list, &[], &json!({ "limit": 1 })).await.status, 200);
    }
    assert_eq!(keyless.post(&list, &[], &json!({ "limit": 1 })).await.status, 200);
    assert_eq!(keyless.get(&format!("{}/healthz", service.url)).await.status, 200);
    assert!(service.process.0.try_wait().unwrap().is_none(), "it lives");

    set_space(&service, true);
    for replayed in ["", "true"] {
        let made = client.post(&create, &[("idempotency-key", "full")], &contact).await;
        assert_eq!((made.status, made.header("idempotency-replayed")), (200, replayed), "{made:?}");
    }
    assert_eq!(there(&home, "Full")["N0"], 1);
    assert_eq!(client.post(&files, &[], &json!({ "a": 1 })).await.status, 201);
    // Also what only waited to be written down is there now.
    let audit = || home.run(&["audit", "--action", "outlook.list_emails"]).json()["items"].as_array().unwrap().len();
    until(|| audit() >= 22).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_runs_out_of_space_goes_on_when_there_is_some() {
    const ITEMS: usize = 200;
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let (_, key) = key(&home);
    let service = serve(&home, &[]);
    let (client, create) = (Client::new(Some(&key)), service.run("outlook.create_contact"));
    slow(&sandbox, "$batch", 100);
    let (input, headers) = (contacts("Filled", ITEMS), [("idempotency-key", "filled")]);
    let before = sandbox.requests();
    let call = {
        let (client, create, input) = (client.clone(), create.clone(), input.clone());
        tokio::spawn(async move { client.post(&create, &[("idempotency-key", "filled")], &input).await })
    };
    until(|| sandbox.requests() > before).await;
    set_space(&service, false);
    let broken = call.await.unwrap();
    // What was sent before is known or named as unknown; what could not be written down was not sent.
    let told = broken.json();
    assert!(told["code"].is_string() || told["failed"].as_u64() > Some(0), "{told}");
    set_space(&service, true);
    // The lock of the run is given back when that can be written.
    let answer = loop {
        let answer = client.post(&create, &headers, &input).await;
        if answer.status != 409 {
            break answer;
        }
        assert_eq!(answer.problem(409, "conflict")["reason"], "key_in_use");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    };
    assert_eq!(answer.status, 200, "{answer:?}");
    let there = there(&home, "Filled");
    assert!(there.values().all(|times| *times == 1), "made twice: {there:?}");
    let answer = answer.json();
    let outcomes = answer["items"].as_array().unwrap();
    assert_eq!(outcomes.len(), ITEMS);
    for outcome in outcomes {
        let is_there = there.contains_key(&format!("N{}", outcome["index"]));
        assert!(outcome["ok"] != true || is_there, "said to be done: {outcome}");
    }
}
