//! Triggers.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::program::{Home, Running, Served};

const USER: &str = "AdeleV@contoso.example";

fn deliver(sandbox: &Served, subject: &str) {
    sandbox.control("POST", "deliver", &json!({ "mailbox": USER, "message": { "subject": subject } }));
}

fn subjects(out: &str) -> Vec<String> {
    out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["data"]["subject"].as_str().unwrap().to_owned()).collect()
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
