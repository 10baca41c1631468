//! Errors and exit codes.

use serde_json::Value;

use crate::program::{Home, Served};

#[test]
fn each_error_has_its_exit_code() {
    let home = Home::new();
    for (arguments, code, name) in [
        (&["run", "outlook.send_emial", "-c", "sandbox"][..], 11, "unknown_action"),
        (&["listen", "outlook.new_mail", "-c", "sandbox"], 11, "unknown_action"),
        (&["choices", "outlook.folders", "-c", "sandbox"], 11, "unknown_action"),
        (&["describe", "nothing"], 11, "unknown_action"),
        (&["run", "outlook.list_emails"], 12, "unknown_connection"),
        (&["run", "outlook.list_emails", "-c", "nowhere"], 12, "unknown_connection"),
        (&["connections", "test", "nowhere"], 12, "unknown_connection"),
        (&["connections", "remove", "sandbox"], 10, "invalid_input"),
        (&["raw", "GET", "/users/nobody@contoso.example", "-c", "sandbox"], 30, "not_found"),
        (&["run"], 2, "usage"),
        (&["run", "outlook.list_emails", "--deadline", "30"], 2, "usage"),
    ] {
        let ran = home.run(&[arguments, &["--json"]].concat());
        assert_eq!((ran.code, ran.error()["code"].as_str().unwrap()), (code, name), "{arguments:?}: {ran:?}");
        assert!(ran.error()["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{ran:?}");
    }
}

#[test]
fn a_misspelt_name_is_guessed() {
    let home = Home::new();
    for (arguments, near) in [
        (["run", "outlook.send_emial"], "outlook.send_email"),
        (["preview", "send_email"], "outlook.send_email"),
        (["describe", "outlook.new_emial"], "outlook.new_email"),
        (["describe", "outlok"], "outlook"),
        (["listen", "outlook.new_emial"], "outlook.new_email"),
    ] {
        let ran = home.run(&arguments);
        assert_eq!(ran.code, 11, "{ran:?}");
        assert!(ran.err.contains(&format!("what to do: Did you mean `{near}`?")), "{ran:?}");
        assert_eq!(ran.out, "");
    }
}

#[test]
fn an_answer_of_graph_keeps_its_code_and_request_id() {
    let error = Home::new().on_sandbox(&["raw", "GET", "/users/nobody@contoso.example", "--json"]).error();
    assert_eq!(error["upstream"]["status"], 404);
    assert!(error["upstream"]["requestId"].is_string() && error["upstream"]["code"].is_string(), "{error}");
    let ran = Home::new().on_sandbox(&["raw", "GET", "/users/nobody@contoso.example"]);
    assert!(ran.err.lines().any(|line| line.starts_with("request-id: ")), "{ran:?}");
}

#[test]
fn exit_codes_are_listed() {
    let all = Home::new().run(&["exit-codes"]).json();
    let find =
        |name: &str| all.as_array().unwrap().iter().find(|row| row["name"] == name).map(|row| row["exitCode"].clone());
    assert_eq!(find("invalid_input"), Some(10.into()));
    assert_eq!(find("interrupted"), Some(130.into()));
}

#[test]
fn the_sandbox_variable_must_name_a_sandbox() {
    let home = Home::new();
    let with = |url: &str| -> crate::program::Ran {
        home.command(&["raw", "GET", "/me", "-c", "sandbox", "--json"])
            .env("TENON_SANDBOX_URL", url)
            .output()
            .unwrap()
            .into()
    };
    assert_eq!(with("https://graph.microsoft.com").code, 10);
    let gone = Served::start();
    let url = gone.url.clone();
    drop(gone);
    let ran = with(&url);
    assert_eq!(ran.code, 41, "{ran:?}");
    assert!(ran.error()["hint"].as_str().unwrap().contains("tenon sandbox"), "{ran:?}");
}

#[test]
fn connections_are_listed_shown_and_tested() {
    let home = Home::new();
    let all = home.run(&["connections", "list"]).json();
    assert_eq!(
        all["items"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<Value>>(),
        ["sandbox"]
    );
    assert_eq!(home.run(&["connections", "show", "sandbox"]).json()["name"], "sandbox");
    let report = home.run(&["connections", "test", "sandbox"]).json();
    assert_eq!((report["works"].clone(), report["found"].clone()), (true.into(), "AdeleV@contoso.example".into()));
}

#[test]
#[cfg(unix)]
fn data_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.run(&["key", "show"]).json();
    let mode = |path: std::path::PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(home.data()), 0o700);
    assert_eq!(mode(home.data().join("key")), 0o600);
    assert_eq!(mode(home.data().join("tenon.db")), 0o600);
}
