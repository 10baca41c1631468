//! What is kept: connections that cannot be read, secrets that are replaced, keys that are lost and let go.

use std::process::Stdio;

use graph_sandbox::seeds;
use serde_json::{Value, json};

use crate::browser::ADELE;
use crate::program::{Home, Ran, Running, Served};
use crate::sign_in::{connect_app, connect_user, here};

fn items(listed: &Value) -> Vec<(&str, &str)> {
    listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["name"].as_str().unwrap(), item["state"].as_str().unwrap()))
        .collect()
}

#[test]
fn a_lost_key_is_told_and_never_replaced() {
    let sandbox = Served::start();
    let home = Home::new();
    connect_app(&home, &sandbox, &[]).json();
    let key = home.data().join("key");
    let copy = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();

    // The list shows what there is, and why it does not open.
    let listed = home.run(&["connections", "--json"]);
    assert_eq!(items(&listed.json()), [("sandbox", "ready"), ("work", "unreadable")]);
    assert!(listed.err.contains("the key of the store is lost"), "{listed:?}");
    assert_eq!(listed.json()["items"][1]["error"]["code"], "unavailable");
    let uses: [&[&str]; 5] = [
        &["connections", "test", "work", "--json"],
        &["run", "outlook.list_emails", "--json"],
        &["key", "show", "--json"],
        &["key", "rotate", "--json"],
        &["key", "move", "keyring", "--json"],
    ];
    for arguments in uses {
        let ran = home.run(arguments);
        assert!(
            ran.code != 0 && ran.error()["message"].as_str().unwrap().contains("the key of the store is lost"),
            "{ran:?}"
        );
        assert!(ran.error()["hint"].as_str().unwrap().contains("TENON_KEY"), "{ran:?}");
    }
    let refused = connect_app(&home, &sandbox, &["--json"]);
    assert_ne!(refused.code, 0, "{refused:?}");
    assert!(!key.exists(), "no new key takes its place");

    // Put back, all is as it was.
    home.write("home/key", &copy);
    #[cfg(unix)]
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(home.run(&["connections", "test", "work"]).json()["works"], true);

    // Gone for good: what is closed is removed without a key, and a new one is made on demand.
    std::fs::remove_file(&key).unwrap();
    assert_eq!(home.run(&["key", "make"]).json()["keys"].as_array().unwrap().len(), 1);
    let ran = home.run(&["connections", "test", "work", "--json"]);
    assert!(ran.error()["message"].as_str().unwrap().contains("which is not at hand"), "{ran:?}");
    let kept = home.run(&["key", "retire", "--json"]);
    assert_eq!((kept.code, kept.error()["code"].clone()), (31, json!("conflict")), "{kept:?}");
    assert_eq!(home.run(&["connections", "remove", "work"]).json(), json!({ "removed": "work" }));
    connect_app(&home, &sandbox, &[]).json();
}

#[test]
fn a_connection_is_removed_without_any_key() {
    let sandbox = Served::start();
    let home = Home::new();
    connect_app(&home, &sandbox, &[]).json();
    std::fs::remove_file(home.data().join("key")).unwrap();
    assert_eq!(home.run(&["connections", "remove", "work"]).json(), json!({ "removed": "work" }));
    assert!(!home.data().join("key").exists());
    // Nothing sealed is left, so this is a first use again.
    connect_app(&home, &sandbox, &[]).json();
    assert_eq!(home.run(&["connections", "test", "work"]).json()["works"], true);
}

#[test]
fn one_that_cannot_be_read_hides_no_other() {
    let sandbox = Served::start();
    let home = Home::new();
    let flags =
        ["connect", "outlook", "--name", "other", "--method", "client_credentials", "--tenant", "contoso.example"];
    let mut other = home.command(&flags);
    other.args(["--client-id", seeds::DAEMON, "--client-secret-env", "SECRET_OF_THE_TEST"]).args(here(&sandbox));
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let ran: Ran = other.env("SECRET_OF_THE_TEST", seeds::DAEMON_SECRET).env("TENON_KEY", key).output().unwrap().into();
    ran.json();
    std::fs::remove_file(home.data().join("key")).unwrap_or_default();
    home.run(&["key", "make"]).json();
    connect_app(&home, &sandbox, &[]).json();

    let listed = home.run(&["connections", "--json"]);
    assert_eq!(items(&listed.json()), [("sandbox", "ready"), ("other", "unreadable"), ("work", "ready")]);
    assert!(listed.err.contains("other"), "{listed:?}");
    // It may be the one that was meant.
    let unnamed = home.run(&["run", "outlook.list_emails", "--json"]);
    assert!(unnamed.error()["hint"].as_str().unwrap().contains("other, work"), "{unnamed:?}");
    assert!(home.run(&["run", "outlook.list_emails", "-c", "work", "--set", "limit=1"]).json()["items"].is_array());
    assert!(home.run(&["connections", "show", "wrk", "--json"]).error()["hint"].as_str().unwrap().contains("`work`"));
    home.run(&["connections", "remove", "other"]).json();
    assert!(home.run(&["run", "outlook.list_emails", "--set", "limit=1"]).json()["items"].is_array());
}

#[test]
fn a_secret_is_given_anew_from_a_variable_a_file_and_standard_input() {
    let sandbox = Served::start();
    let home = Home::new();
    let card = connect_user(&home, &sandbox, ADELE, &["--secret-expires", "2020-01-31"]).json();
    let set = ["connections", "set-secret", "me"];
    let by_variable = home
        .command(&[&set[..], &["--client-secret-env", "NEW"]].concat())
        .env("NEW", "not the right one")
        .output()
        .unwrap();
    let by_variable = Ran::from(by_variable).json();
    assert_eq!(
        (by_variable["id"].clone(), by_variable["secretExpires"].clone()),
        (card["id"].clone(), Value::Null),
        "{by_variable}"
    );
    home.write("secret", format!("{}\n", seeds::WEB_SECRET));
    let more = ["--client-secret-file", "secret", "--secret-expires", "2999-12-31"];
    let by_file = home.run(&[&set[..], &more].concat()).json();
    assert_eq!(
        (by_file["secretExpires"].clone(), by_file["warning"].clone()),
        (json!("2999-12-31"), Value::Null),
        "{by_file}"
    );
    let by_input = home.fed(&[&set[..], &["--client-secret-file", "-"]].concat(), seeds::WEB_SECRET.as_bytes());
    assert_eq!(by_input.json()["state"], "ready");
    assert!(!by_input.out.contains(seeds::WEB_SECRET), "{by_input:?}");
    assert_eq!(home.run(&["connections", "test", "me"]).json()["found"], ADELE);

    let none = home.run(&[&set[..], &["--json"]].concat());
    assert_eq!((none.code, none.pointers()), (10, vec!["/clientSecret".to_owned()]), "{none:?}");
    let unused = home.run(&["connections", "set-secret", "you", "--client-secret-file", "secret", "--json"]);
    assert_eq!(unused.error()["code"], "unknown_connection");
}

#[test]
fn a_profile_brings_its_new_secret_to_who_uses_it() {
    let sandbox = Served::start();
    let home = Home::new();
    home.write("old", seeds::DAEMON_SECRET);
    home.write("new", "another one");
    let put = |file: &str| {
        home.run(&["profiles", "put", "robot", "--client-id", seeds::DAEMON, "--client-secret-file", file]).json()
    };
    assert_eq!(put("old")["changedConnections"], Value::Null);
    let flags = [
        "connect",
        "outlook",
        "--name",
        "work",
        "--method",
        "client_credentials",
        "--tenant",
        "contoso.example",
        "--profile",
        "robot",
    ];
    home.run(&[&flags[..], &here(&sandbox)].concat()).json();
    let changed = put("new");
    assert_eq!(changed["changedConnections"], json!(["work"]), "{changed}");
    assert!(!changed.to_string().contains("another one"));
    assert_eq!(put("old")["changedConnections"], json!(["work"]));
    assert_eq!(home.run(&["connections", "test", "work"]).json()["works"], true);
}

#[test]
fn older_keys_are_let_go() {
    let sandbox = Served::start();
    let home = Home::new();
    connect_app(&home, &sandbox, &[]).json();
    let old = home.run(&["key", "show"]).json()["keys"].clone();
    home.run(&["key", "rotate"]).json();
    assert_eq!(home.run(&["key", "retire"]).json()["retired"], old);
    let left = home.run(&["key", "show"]).json()["keys"].clone();
    assert!(left.as_array().unwrap().len() == 1 && left != old);
    assert_eq!(home.run(&["connections", "test", "work"]).json()["works"], true);
    assert_eq!(home.run(&["key", "retire"]).json()["retired"], json!([]));
}

#[test]
#[cfg(unix)]
fn a_listener_that_was_killed_leaves_its_name_free_at_once() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let arguments = ["listen", "outlook.new_email", "-c", "sandbox", "--interval", "1s"];
    home.run(&["listen", "outlook.new_email", "-c", "sandbox", "--once"]);
    let mut listener = Running(home.command(&arguments).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = listener.lines();
    let deliver = |subject: &str| {
        sandbox.control("POST", "deliver", &json!({ "mailbox": ADELE, "message": { "subject": subject } }))
    };
    deliver("first");
    assert!(lines.next().unwrap().contains("first"));
    let second = home.run(&[&arguments[..4], &["--once", "--json"]].concat());
    assert_eq!((second.code, second.error()["code"].clone()), (31, json!("conflict")), "two are not alive: {second:?}");
    listener.signal(rustix::process::Signal::KILL);
    listener.wait();
    deliver("second");
    let again = home.run(&[&arguments[..4], &["--once"]].concat());
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.out.contains("second"), "{again:?}");
}
