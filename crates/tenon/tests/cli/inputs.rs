//! Inputs, however they are given.

use serde_json::{Value, json};

use crate::program::{Home, Ran};

fn body(ran: &Ran) -> Value {
    ran.json()["requests"][0]["body"].clone()
}

#[test]
fn every_way_makes_the_same_request() {
    let home = Home::new();
    let input = json!({ "to": ["a@contoso.example", "b@contoso.example"], "subject": "Hi", "body": "<p>x</p>", "saveToSentItems": false });
    home.write("input.json", input.to_string());
    let action = ["preview", "outlook.send_email", "-c", "sandbox"];
    let with = |more: &[&str]| home.run(&[&action, more].concat());

    let expected = body(&with(&["--input", &input.to_string()]));
    assert_eq!(expected["message"]["toRecipients"][1]["emailAddress"]["address"], "b@contoso.example");
    assert_eq!(body(&with(&["--input", "@input.json"])), expected);
    assert_eq!(body(&home.fed(&[&action[..], &["--input", "-"]].concat(), input.to_string().as_bytes())), expected);
    let set = [
        "--set",
        "to=a@contoso.example",
        "--set",
        "to=b@contoso.example",
        "--set",
        "subject=Hi",
        "--set",
        "saveToSentItems=false",
    ];
    assert_eq!(body(&with(&[&set[..], &["--set", "body=<p>x</p>"]].concat())), expected);
    home.write("body.html", "<p>x</p>");
    assert_eq!(body(&with(&[&set[..], &["--set", "body=@body.html"]].concat())), expected);
    assert_eq!(body(&home.fed(&[&action[..], &set, &["--set", "body=@-"]].concat(), b"<p>x</p>")), expected);
    assert_eq!(body(&with(&["--input", "@input.json", "--set", "subject=Other"]))["message"]["subject"], "Other");
}

#[test]
fn bad_input_tells_every_violation_and_sends_nothing() {
    let home = Home::new();
    let ran = home.on_sandbox(&[
        "run",
        "outlook.send_email",
        "--json",
        "--set",
        "to=nonsense",
        "--set",
        "importence=high",
        "--set",
        "saveToSentItems=maybe",
    ]);
    assert_eq!(ran.pointers(), ["/body", "/importence", "/saveToSentItems", "/subject", "/to/0"]);
    assert_eq!(ran.error()["code"], "invalid_input");
    assert!(ran.error()["issues"][1]["message"].as_str().unwrap().contains("did you mean `importance`"));
}

#[test]
fn what_cannot_be_read_is_bad_input() {
    let home = Home::new();
    for arguments in [
        &["--input", "{"][..],
        &["--input", "@missing.json"],
        &["--set", "subject"],
        &["--set", "body=@missing.txt"],
        &["--set", "body=@env:TENON_TEST_THAT_IS_NOT_SET"],
        &["--input", "-", "--set", "body=@-"],
    ] {
        let ran = home.on_sandbox(&[&["run", "outlook.send_email", "--json"], arguments].concat());
        assert_eq!(ran.code, 10, "{arguments:?}: {ran:?}");
        assert_eq!(ran.error()["code"], "invalid_input");
    }
}

#[test]
fn a_secret_comes_from_the_environment_and_is_never_shown() {
    let home = Home::new();
    let canary = "Xq-hunter2-canary-9!";
    let user = [
        "run",
        "entra.create_user",
        "-c",
        "sandbox",
        "-vvv",
        "--set",
        "displayName=Robin",
        "--set",
        "mailNickname=robin",
        "--set",
        "userPrincipalName=robin@contoso.example",
        "--set",
        "accountEnabled=true",
        "--set",
    ];
    let hidden = |ran: &Ran| assert!(!format!("{ran:?}").contains("hunter2"), "{ran:?}");

    let from_environment: Ran =
        home.command(&user).arg("password=@env:PASSWORD").env("PASSWORD", canary).output().unwrap().into();
    hidden(&from_environment);
    assert!(!from_environment.err.contains("stood on the command line"), "{from_environment:?}");
    let on_command_line = home.run(&[&user[..], &[&format!("password={canary}")]].concat());
    hidden(&on_command_line);
    assert!(on_command_line.err.contains("/password is a secret and stood on the command line"), "{on_command_line:?}");
    let preview = home.run(&[&["preview"], &user[1..], &[&format!("password={canary}")]].concat());
    hidden(&preview);
}

#[test]
fn raw_requests_refuse_what_could_leave_graph() {
    let home = Home::new();
    for path in [
        "//evil.example/x",
        "https://evil.example/me",
        "/\\evil.example",
        "/../x",
        "/me/%2e%2e/%2e%2e/x",
        "/me\r\nx: y",
        "@evil.example",
    ] {
        let ran = home.on_sandbox(&["raw", "GET", path, "--json"]);
        assert_eq!(ran.code, 10, "{path:?}: {ran:?}");
    }
    let ran = home.on_sandbox(&["raw", "GET", "/me", "--json", "-H", "Authorization: Bearer x", "-H", "X: a\nb"]);
    assert_eq!(ran.code, 10, "{ran:?}");
    assert_eq!(ran.error()["issues"].as_array().unwrap().len(), 2);
}

#[test]
fn the_address_for_notifications_comes_from_the_environment() {
    let home = Home::new();
    let end = ["run", "graph_raw.delete_all_subscriptions", "-c", "sandbox", "--json"];
    let at = |url: &str| -> Ran { home.command(&end).env("TENON_NOTIFICATION_URL", url).output().unwrap().into() };
    let refused = home.run(&end);
    assert_eq!(refused.error()["issues"][0]["pointer"], "/instanceOnly", "{refused:?}");
    assert_eq!(at("https://hooks.contoso.example/none").json()["deleted"], 0);
    let wrong = at("http://hooks.contoso.example/");
    assert_eq!(wrong.error()["code"], "invalid_input", "{wrong:?}");
    assert!(wrong.error()["hint"].as_str().unwrap().contains("https"), "{wrong:?}");
}
