//! `tenon connections`, `profiles`, `scopes` and `key`.

use graph_sandbox::seeds;
use serde_json::{Value, json};

use crate::browser::{ADELE, ALEX, sign_in};
use crate::program::{Home, Ran, Served};
use crate::sign_in::{connect_app, connect_user, here};

#[test]
fn listed_shown_tested_and_removed() {
    let sandbox = Served::start();
    let home = Home::new();
    connect_app(&home, &sandbox, &["--secret-expires", "2020-01-31"]).json();
    let listed = home.run(&["connections"]).json();
    let names: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["sandbox", "work"]);
    let shown = home.run(&["connections", "show", "work"]).json();
    assert_eq!(
        (shown["method"].as_str(), shown["secretExpires"].as_str()),
        (Some("client_credentials"), Some("2020-01-31"))
    );
    assert!(shown["warning"].as_str().unwrap().contains("has ended"), "{shown}");
    assert!(
        shown["tokenExpires"].is_string()
            && shown["allowedActions"].as_array().unwrap().contains(&json!("outlook.send_email"))
    );
    assert_eq!(home.run(&["connections", "test", "work"]).json()["tried"], "GET /users/{user}");

    let near = home.run(&["connections", "show", "wrk", "--json"]);
    assert!(near.error()["hint"].as_str().unwrap().contains("`work`"), "{near:?}");
    assert_eq!(home.run(&["connections", "remove", "work"]).json(), json!({ "removed": "work" }));
    assert_eq!(home.run(&["connections", "test", "work", "--json"]).error()["code"], "unknown_connection");
    let built_in = home.run(&["connections", "remove", "sandbox", "--json"]);
    assert_eq!(built_in.code, 10, "{built_in:?}");
}

#[test]
fn a_secret_that_ends_is_told_wherever_it_is_used() {
    let sandbox = Served::start();
    let home = Home::new();
    connect_app(&home, &sandbox, &["--secret-expires", "2020-01-31"]).json();
    let uses: [&[&str]; 3] = [
        &["connections", "test", "work"],
        &["run", "outlook.list_emails", "-c", "work"],
        &["listen", "outlook.new_email", "--once"],
    ];
    for arguments in uses {
        let ran = home.run(arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.err.contains("connection work: the client secret or certificate has ended"), "{ran:?}");
        assert_eq!(home.run(&[arguments, &["--quiet"]].concat()).err, "");
    }
    home.run(&["connections", "reconnect", "work", "--secret-expires", "2999-12-31"]).json();
    for arguments in uses {
        assert_eq!(home.run(arguments).err, "");
    }
}

#[test]
fn a_test_says_why_it_does_not_work() {
    let sandbox = Served::start();
    let home = Home::new();
    connect_user(&home, &sandbox, ADELE, &[]).json();
    sandbox.control("POST", "provoke", &json!({ "passwordChanged": ADELE }));
    sandbox.control("POST", "faults", &json!({ "fault": { "kind": "unauthorized" }, "path": "/me", "times": 1 }));
    let ran = home.run(&["connections", "test", "me", "--json"]);
    assert_eq!(ran.error()["code"], "not_connected", "{ran:?}");
    let shown = home.run(&["connections", "show", "me"]).json();
    assert_eq!(
        (shown["state"].clone(), shown["identity"]["username"].clone()),
        (json!("broken"), json!(ADELE)),
        "{shown}"
    );
    assert!(shown["hint"].as_str().unwrap().to_lowercase().contains("reconnect"), "{shown}");
    sandbox.control("DELETE", "faults", &Value::Null);
    let card = sign_in(home.command(&["connections", "reconnect", "me", "--no-browser"]), ADELE).json();
    assert_eq!((card["id"].clone(), card["state"].clone()), (shown["id"].clone(), json!("ready")));
    assert_eq!(home.run(&["connections", "test", "me"]).json()["works"], true);
}

#[test]
fn another_user_must_be_confirmed() {
    let sandbox = Served::start();
    let home = Home::new();
    let card = connect_user(&home, &sandbox, ADELE, &[]).json();
    let reconnect = ["connections", "reconnect", "me", "--no-browser"];
    let refused = sign_in(home.command(&reconnect), ALEX);
    assert_eq!(refused.code, 31, "{refused:?}");
    assert!(refused.err.contains("another user"), "{refused:?}");
    assert_eq!(home.run(&["connections", "test", "me"]).json()["found"], ADELE, "the former sign-in stays");
    let confirmed = sign_in(home.command(&[&reconnect[..], &["--confirm-other"]].concat()), ALEX).json();
    assert_eq!(confirmed["id"], card["id"]);
    assert_eq!(home.run(&["connections", "test", "me"]).json()["found"], ALEX);
}

#[test]
fn reconnected_with_other_settings() {
    let sandbox = Served::start();
    let home = Home::new();
    let card = connect_app(&home, &sandbox, &[]).json();
    let changed = home.run(&["connections", "reconnect", "work", "--user-id", ALEX]).json();
    assert_eq!((changed["id"].clone(), changed["userId"].clone()), (card["id"].clone(), json!(ALEX)));
    assert_eq!(changed["settings"]["secrets"], json!(["clientSecret"]), "the secret stays");
    assert_eq!(home.run(&["connections", "test", "work"]).json()["found"], ALEX);
    home.write("wrong", "wrong~secret");
    let ran = home.run(&["connections", "reconnect", "work", "--client-secret-file", "wrong", "--json"]);
    assert!(ran.code != 0 && ran.err.contains("7000215") && !ran.err.contains("wrong~secret"), "{ran:?}");
    assert_eq!(home.run(&["connections", "test", "work"]).json()["works"], true, "what worked is kept");
}

#[test]
fn an_administrators_consent_has_an_address() {
    let sandbox = Served::start();
    let home = Home::new();
    connect_user(&home, &sandbox, ADELE, &[]).json();
    let printed = home.run(&["connections", "admin-consent", "me"]).json();
    let url = printed["adminConsentUrl"].as_str().unwrap();
    assert!(url.starts_with(&sandbox.url) && url.contains("/v2.0/adminconsent?") && url.contains(seeds::WEB), "{url}");
}

#[test]
fn profiles_are_kept_and_shared() {
    let sandbox = Served::start();
    let home = Home::new();
    let put = [
        "profiles",
        "put",
        "company",
        "--client-id",
        seeds::DAEMON,
        "--tenant",
        "contoso.example",
        "--client-secret-env",
        "S",
    ];
    let kept: Ran = home.command(&put).env("S", seeds::DAEMON_SECRET).output().unwrap().into();
    assert_eq!(kept.json()["secrets"], json!(["clientSecret"]));
    let listed = home.run(&["profiles", "list"]).json();
    assert_eq!(
        (listed["items"][0]["name"].as_str(), listed["items"][0]["clientId"].as_str()),
        (Some("company"), Some(seeds::DAEMON))
    );
    for name in ["one", "two"] {
        let flags = [
            "connect",
            "outlook",
            "--name",
            name,
            "--method",
            "client_credentials",
            "--profile",
            "company",
            "--user-id",
            ADELE,
        ];
        home.run(&[&flags[..], &here(&sandbox)].concat()).json();
    }
    assert_eq!(home.run(&["profiles", "remove", "company"]).json(), json!({ "removed": "company" }));
    assert_eq!(home.run(&["profiles", "remove", "company", "--json"]).error()["code"], "not_found");
    assert_eq!(home.run(&["connections", "test", "two"]).json()["works"], true, "a connection keeps what it took");
    let nameless = home.run(&["profiles", "put", "company", "--json"]);
    assert_eq!(nameless.pointers(), ["/clientId"]);
}

#[test]
fn the_least_permissions_of_actions() {
    let home = Home::new();
    let needed = home.run(&["scopes", "outlook.send_email", "outlook.list_emails"]).json();
    assert_eq!(needed["delegated"], json!(["Mail.ReadBasic", "Mail.Send"]), "{needed}");
    assert!(needed.get("lacking").is_none(), "{needed}");
    assert!(needed["otherWaysForApps"][0].as_str().unwrap().contains("Exchange Online"), "{needed}");
    let unknown = home.run(&["scopes", "outlook.send_emial", "--json"]);
    assert_eq!(unknown.error()["code"], "unknown_action");
    assert_eq!(
        home.run(&["scopes", "outlook.send_email", "-c", "nobody", "--json"]).error()["code"],
        "unknown_connection"
    );
}

#[test]
fn keys_rotate() {
    let sandbox = Served::start();
    let home = Home::new();
    connect_app(&home, &sandbox, &[]).json();
    let before = std::fs::read_to_string(home.data().join("key")).unwrap();
    let report = home.run(&["key", "rotate"]).json();
    assert_eq!((report["sealed"].clone(), report["alreadyCurrent"].clone()), (json!(1), json!(0)));
    let after = std::fs::read_to_string(home.data().join("key")).unwrap();
    let keys = |text: &str| text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(keys(&after)[1..], keys(&before), "the older key comes second");
    assert_eq!(home.run(&["connections", "test", "work"]).json()["works"], true);
    // The new key alone opens everything.
    home.write("home/key", keys(&after)[0].as_bytes());
    assert_eq!(home.run(&["connections", "test", "work"]).json()["works"], true);
    // A key that comes from the environment is not ours to change.
    let ran: Ran =
        home.command(&["key", "rotate", "--json"]).env("TENON_KEY", &keys(&after)[0]).output().unwrap().into();
    assert_eq!(ran.code, 10, "{ran:?}");
    assert!(ran.error()["hint"].as_str().unwrap().contains("TENON_KEY"), "{ran:?}");
    let ran: Ran = home
        .command(&["connections", "show", "work", "--json"])
        .env("TENON_KEY", &keys(&before)[0])
        .output()
        .unwrap()
        .into();
    assert_ne!(ran.code, 0, "the old key opens nothing any more");
}
