//! Triggers.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::program::{Home, Running, Served};

const USER: &str = "AdeleV@contoso.example";

fn deliver(sandbox: &Served, subject: &str) {
    sandbox.control("POST", "deliver", &json!({ "mailbox": USER, "message": { "subject": subject } }));
}

fn subjects(out: &str) -> Vec<String> {
    out.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["data"]["subject"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn each_event_is_printed_once() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let once = ["listen", "outlook.new_email", "--connection", "sandbox", "--once"];
    let listen = |more: &[&str]| {
        let ran = home.run(&[&once, more].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        subjects(&ran.out)
    };
    assert_eq!(listen(&[]), [""; 0], "it begins with what comes from now on");
    for subject in ["one", "two", "three"] {
        deliver(&sandbox, subject);
    }
    let mut seen = listen(&["--max", "2"]);
    assert_eq!(seen.len(), 2);
    seen.extend(listen(&[]));
    seen.sort();
    assert_eq!(seen, ["one", "three", "two"], "what was printed does not come again, what was not does");
    assert_eq!(listen(&[]), [""; 0]);
}

#[test]
#[cfg(unix)]
fn a_stopped_listener_loses_nothing() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let arguments = ["listen", "outlook.new_email", "-c", "sandbox", "--interval", "1s"];
    home.run(&["listen", "outlook.new_email", "-c", "sandbox", "--once"]);
    let mut listener = Running(home.command(&arguments).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = listener.lines();
    deliver(&sandbox, "first");
    assert!(lines.next().unwrap().contains("first"));

    // Only one of a name is alive.
    let second = home.run(&[&arguments[..], &["--once", "--json"]].concat());
    assert_eq!((second.code, second.error()["code"].clone()), (31, "conflict".into()));

    listener.interrupt();
    assert_eq!(listener.wait(), 130);
    let mut again = Running(home.command(&arguments).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = again.lines();
    deliver(&sandbox, "between");
    assert!(lines.next().unwrap().contains("between"));
    again.terminate();
    assert_eq!(again.wait(), 143);
    deliver(&sandbox, "second");
    let ran = home.run(&[&arguments[..4], &["--once"]].concat());
    assert_eq!(ran.code, 0, "the name is free at once: {ran:?}");
    assert_eq!(subjects(&ran.out), ["second"]);
}

#[test]
fn a_gap_is_said_on_standard_error_and_goes_with_the_next_event() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let listen = || home.run(&["listen", "outlook.deleted_email", "-c", "sandbox", "--once"]);
    let mails: Vec<String> = ["first", "second"]
        .map(|subject| {
            sandbox.control("POST", "deliver", &json!({ "mailbox": USER, "message": { "subject": subject } }))
        })
        .map(|made| made["id"].as_str().unwrap().to_owned())
        .into();
    let delete = |id: &str| {
        let deleted = home.on_sandbox(&["run", "outlook.delete_email", "--set", &format!("messageId={id}")]);
        assert_eq!(deleted.code, 0, "{deleted:?}");
    };
    let begun = listen();
    assert_eq!((begun.code, begun.out.as_str(), begun.err.as_str()), (0, "", ""));

    delete(&mails[0]);
    sandbox.control("POST", "expire-delta-tokens", &Value::Null);
    let gap = listen();
    assert_eq!((gap.code, gap.out.as_str()), (0, ""), "a gap is no event: {gap:?}");
    assert!(gap.err.starts_with("warning: between ") && gap.err.contains("messages that left the folder"), "{gap:?}");
    assert_eq!(gap.err.lines().count(), 1, "{gap:?}");
    let again = listen();
    assert_eq!((again.out.as_str(), again.err.as_str()), ("", ""), "it is said once");

    delete(&mails[1]);
    let event: Value = serde_json::from_str(&listen().out).unwrap();
    assert_eq!(event["gaps"][0]["missed"], "messages that left the folder", "{event}");
    assert!(event["gaps"][0]["until"].is_string() && event["gaps"].as_array().unwrap().len() == 1, "{event}");
}
