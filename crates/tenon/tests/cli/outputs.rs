//! Outputs on a pipe.

use std::process::Stdio;

use serde_json::Value;

use crate::program::{Home, Ran, Running};

#[test]
fn a_list_is_one_json_value_on_a_pipe() {
    let list = Home::new().on_sandbox(&["run", "outlook.list_emails", "--set", "limit=3"]);
    let list = list.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    assert!(list["items"][0]["subject"].is_string());
}

#[test]
fn the_sandbox_needs_no_home() {
    let home = Home::new();
    assert_eq!(home.on_sandbox(&["raw", "GET", "/me"]).json()["body"]["userPrincipalName"], "AdeleV@contoso.example");
    assert!(!home.data().exists(), "nothing is stored for a command that stores nothing");
}

#[test]
fn lines_are_items_and_the_rest_is_told_apart() {
    let home = Home::new();
    let ran = home.on_sandbox(&["run", "outlook.list_emails", "--set", "limit=3", "--lines", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let items: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(items.len(), 3);
    assert!(items.iter().all(|item| item["id"].is_string()));
    let rest: Value = serde_json::from_str(&ran.err).unwrap();
    let next = rest["nextPageToken"].as_str().unwrap();
    let more = home
        .on_sandbox(&["run", "outlook.list_emails", "--set", "limit=3", "--set", &format!("pageToken={next}")])
        .json();
    assert_ne!(more["items"][0]["id"], items[0]["id"]);
    // What is no list is one line.
    let one = home.on_sandbox(&["raw", "GET", "/me", "--lines"]);
    assert_eq!(one.out.lines().count(), 1);
    assert_eq!(one.json()["status"], 200);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::new();
    let mut child = Running(
        home.command(&["run", "outlook.list_emails", "-c", "sandbox", "--lines"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    drop(child.0.stdout.take());
    assert_eq!(child.wait(), 0);
    let mut err = String::new();
    std::io::Read::read_to_string(child.0.stderr.as_mut().unwrap(), &mut err).unwrap();
    assert_eq!(err, "");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told() {
    let home = Home::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ran: Ran = home.command(&["raw", "GET", "/me", "-c", "sandbox"]).stdout(full).output().unwrap().into();
    assert_eq!(ran.code, 74, "{ran:?}");
    assert!(ran.err.contains("could not be written"));
}

#[test]
fn a_preview_sends_nothing_and_shows_what_would_be_sent() {
    let home = Home::new();
    let ran = home.on_sandbox(&[
        "run",
        "outlook.send_email",
        "--preview",
        "--set",
        "to=a@contoso.example",
        "--set",
        "subject=S",
        "--set",
        "body=B",
    ]);
    let preview = ran.json();
    assert_eq!(preview["requests"][0]["method"], "POST");
    assert_eq!(preview["requests"][0]["url"], "https://graph.microsoft.com/v1.0/me/sendMail");
    assert_eq!(preview["complete"], true);
}

#[test]
fn verbose_shows_requests_without_values() {
    let home = Home::new();
    let ran = home.on_sandbox(&["raw", "GET", "/users/MeganB@contoso.example", "-v"]);
    assert_eq!(ran.json()["status"], 200);
    assert!(ran.err.contains("GET") && ran.err.contains("/users/"), "{ran:?}");
    assert!(!ran.err.contains("MeganB") && !ran.err.contains("Bearer"), "{ran:?}");
    assert_eq!(home.on_sandbox(&["raw", "GET", "/me"]).err, "");
}

#[test]
fn a_socks_proxy_is_used_and_told() {
    let home = Home::new();
    // A SOCKS proxy that takes a connection and notes its greeting.
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let greeted = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut greeting = [0; 2];
        std::io::Read::read_exact(&mut stream, &mut greeting).unwrap();
        greeting[0]
    });
    let fetch = ["metadata", "fetch", "--mirror", "https://mirror.invalid/", "-v"];
    let mut command = home.command(&fetch);
    for variable in ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "all_proxy"] {
        command.env_remove(variable);
    }
    let ran: Ran = command.env("ALL_PROXY", format!("socks5h://tenon:canary@{address}")).output().unwrap().into();
    assert_eq!((ran.code, greeted.join().unwrap()), (41, 5), "{ran:?}");
    assert!(ran.err.contains("SOCKS proxy") && !ran.err.contains("canary"), "{ran:?}");
}

#[test]
fn choices_are_listed_and_searched() {
    let home = Home::new();
    let all = home.on_sandbox(&["choices", "outlook.mail_folders"]).json();
    let labels: Vec<&str> =
        all["choices"].as_array().unwrap().iter().map(|choice| choice["label"].as_str().unwrap()).collect();
    assert!(labels.contains(&"Inbox") && labels.contains(&"Sent Items"), "{labels:?}");
    let some = home.on_sandbox(&["choices", "outlook.mail_folders", "--search", "INBOX"]).json();
    assert!(
        some["choices"].as_array().unwrap().iter().all(|choice| choice["label"]
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains("inbox"))
    );
}
