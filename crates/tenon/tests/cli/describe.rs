//! What there is, and what it takes.

use serde_json::Value;

use crate::program::Home;

#[test]
fn everything_is_listed_and_can_be_described() {
    let home = Home::new();
    let all = home.run(&["actions"]).json();
    let mut ids = Vec::new();
    for connector in all["connectors"].as_array().unwrap() {
        for kind in ["actions", "triggers", "picklists"] {
            ids.extend(connector[kind].as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap().to_owned()));
        }
        assert_eq!(home.run(&["describe", connector["name"].as_str().unwrap()]).json()["kind"], "connector");
    }
    for id in [
        "graph_raw.raw_request",
        "outlook.send_email",
        "outlook.new_email",
        "outlook.mail_folders",
        "entra.create_user",
    ] {
        assert!(ids.iter().any(|known| known == id), "{id} is not in {ids:?}");
        let described = home.run(&["describe", id]).json();
        assert_eq!(described["id"], id);
        assert_eq!(described["input"]["type"], "object");
    }
    let described = home.run(&["describe", "outlook.send_email"]).json();
    assert_eq!((&described["kind"], &described["effect"]), (&"action".into(), &"send".into()));
    assert_eq!(described["scopes"]["delegated"][0], "Mail.Send");
    // One message has its output, and many have their fates.
    let outputs = described["output"]["anyOf"].as_array().unwrap();
    assert!(outputs[0]["properties"]["sent"].is_object());
    assert!(outputs[1]["properties"]["items"].is_object());
}

#[test]
fn the_list_can_be_searched() {
    let home = Home::new();
    let found = home.run(&["actions", "outlook", "--search", "SEND EMAIL"]).json();
    let connectors = found["connectors"].as_array().unwrap();
    assert_eq!(connectors.len(), 1);
    assert!(connectors[0]["actions"].as_array().unwrap().iter().any(|card| card["id"] == "outlook.send_email"));
    assert!(connectors[0]["actions"].as_array().unwrap().iter().all(|card| card["id"] != "outlook.list_emails"));
    let meant = home.run(&["actions", "--search", "answer a mail"]).json();
    assert!(meant.to_string().contains("\"outlook.reply_to_email\""), "{meant}");
}

#[test]
fn every_example_works_in_a_preview() {
    let home = Home::new();
    for id in ["outlook.send_email", "outlook.list_emails", "entra.create_user"] {
        let described = home.run(&["describe", id]).json();
        for example in described["input"]["examples"].as_array().unwrap() {
            let ran = home.on_sandbox(&["preview", id, "--input", &example.to_string()]);
            assert!(ran.json()["requests"].as_array().is_some_and(|requests| !requests.is_empty()), "{id} {example}");
        }
    }
}

#[test]
fn completions_know_the_names() {
    let home = Home::new();
    let script = home.run(&["completions", "bash"]);
    assert_eq!(script.code, 0);
    assert!(script.out.contains("outlook.send_email"));
    let help = home.run(&["help", "run"]);
    assert!(help.out.contains("--set") && help.code == 0);
    assert!(home.run(&["--version"]).out.starts_with("tenon "));
    let none: Value = home.run(&["actions", "--search", "xyzzy"]).json();
    assert_eq!(none["connectors"].as_array().unwrap().len(), 0);
}
