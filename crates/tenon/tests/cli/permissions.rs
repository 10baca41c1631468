//! `tenon connect` shows the permissions before it signs in, and lets a person choose.

use graph_sandbox::seeds;
use serde_json::{Value, json};

use crate::browser::{ADELE, sign_in};
use crate::program::{Home, Served};
use crate::sign_in::{connect_app, connect_user, here};

#[test]
fn the_choice_is_shown_without_signing_in() {
    let home = Home::new();
    let shown = home.run(&["connect", "outlook", "--show-scopes"]).json();
    assert_eq!(shown["minimum"], json!(["User.Read", "offline_access"]));
    let names = |list: &Value| {
        list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let asked = names(&shown["asked"]);
    assert!(
        names(&shown["default"]).iter().chain(&names(&shown["minimum"])).all(|scope| asked.contains(scope)),
        "{shown}"
    );
    assert!(names(&shown["optional"]).iter().all(|scope| !asked.contains(scope)), "{shown}");

    let added = home.run(&["connect", "outlook", "--show-scopes", "--add-scope", "Contacts.ReadWrite"]).json();
    assert_eq!(names(&added["asked"]).len(), asked.len() + 1);
    let own = home.run(&["connect", "outlook", "--show-scopes", "--scope", "Mail.Read"]).json();
    assert_eq!(own["asked"], json!(["Mail.Read", "User.Read", "offline_access"]));
    let misspelt = home.run(&["connect", "entra", "--show-scopes", "--scope", "GroupMember.ReadAll"]).json();
    assert!(misspelt["notes"][0].as_str().unwrap().contains("`GroupMember.Read.All`"), "{misspelt}");
    let app = home.run(&["connect", "outlook", "--show-scopes", "--method", "client_credentials"]).json();
    assert!(app.get("asked").is_none() && names(&app["default"]).contains(&"Mail.Send".to_owned()), "{app}");
    let ran = home.run(&[
        "connect",
        "outlook",
        "--show-scopes",
        "--method",
        "client_credentials",
        "--add-scope",
        "Mail.Read",
        "--json",
    ]);
    assert_eq!(ran.pointers(), ["/scopes"]);
}

#[test]
fn a_connection_asks_for_what_it_is_for() {
    let sandbox = Served::start();
    let home = Home::new();
    let shown = |flags: &[&str]| home.run(&[&["connect", "outlook", "--show-scopes", "--json"], flags].concat());
    let asked = shown(&["--for", "outlook.list_emails,outlook.send_email"]).json()["asked"].clone();
    assert_eq!(asked, json!(["Mail.ReadBasic", "Mail.Send", "User.Read", "offline_access"]));
    let pattern = shown(&["--for", "outlook.list_*", "--for", "outlook.new_email"]).json()["asked"].clone();
    let names: Vec<&str> = pattern.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(names.contains(&"Calendars.ReadBasic") || names.contains(&"Calendars.Read"), "{pattern}");
    assert!(
        !names.iter().any(|name| name.contains("Write") || name.contains("Send")),
        "lists change nothing: {pattern}"
    );
    let added = shown(&["--for", "outlook.send_email", "--add-scope", "Contacts.Read"]).json()["asked"].clone();
    assert_eq!(added, json!(["Mail.Send", "User.Read", "offline_access", "Contacts.Read"]));

    for (flags, code, says) in [
        (&["--for", "outlook.send_mail_now"][..], "unknown_action", "outlook.send_email"),
        (&["--for", "outlook.lisst_*"], "unknown_action", "pattern"),
        (&["--for", "outlook.send_email", "--method", "client_credentials"], "invalid_input", "Mail.Send"),
    ] {
        let error = shown(flags).error();
        assert!(error["code"] == code && error["hint"].as_str().unwrap().contains(says), "{error}");
    }

    let card = connect_user(&home, &sandbox, ADELE, &["--for", "outlook.list_emails"]).json();
    let granted = |card: &Value, scope: &str| card["granted"].as_array().unwrap().contains(&json!(scope));
    assert!(granted(&card, "Mail.ReadBasic") && !granted(&card, "Mail.Send"), "{card}");
    let name = card["name"].as_str().unwrap();
    let reconnect = home.command(&["connections", "reconnect", name, "--for", "outlook.send_email", "--no-browser"]);
    let card = sign_in(reconnect, ADELE).json();
    assert!(granted(&card, "Mail.ReadBasic") && granted(&card, "Mail.Send"), "{card}");
    assert!(!granted(&card, "Mail.ReadWrite"), "{card}");
}

#[test]
fn an_input_tells_what_it_needs() {
    let home = Home::new();
    let needed = |args: &[&str]| home.run(&[&["scopes", "--json"], args].concat());
    let disable = r#"{ "user": "gradya@contoso.example", "revokeSessions": true }"#;
    let shown = needed(&["entra.disable_user", "--input", disable]).json();
    assert_eq!(
        shown["delegated"],
        json!(["User.EnableDisableAccount.All", "User.Read.All", "User.RevokeSessions.All"])
    );
    let shown = needed(&["entra.disable_user", "--set", "user=gradya@contoso.example"]).json();
    assert_eq!(shown["application"], json!(["User.EnableDisableAccount.All", "User.Read.All"]));
    let shown = needed(&["graph.get_record"]).json();
    let cases = shown["dependsOnInput"][0]["cases"].as_array().unwrap();
    assert!(
        shown["delegated"] == json!([]) && cases.iter().any(|case| case["when"] == "`object` is `site`"),
        "{shown}"
    );
    let shown = needed(&["outlook.new_email", "--input", "{}"]).json();
    assert_eq!(shown["delegated"], json!(["Mail.ReadBasic"]));
    assert_eq!(needed(&["entra.get_user", "--input", "{}"]).pointers(), ["/user"]);
    assert_eq!(needed(&["entra.get_user", "entra.list_users", "--input", "{}"]).error()["code"], "invalid_input");
}

#[test]
fn without_a_person_flags_choose_and_nobody_is_asked() {
    let sandbox = Served::start();
    let home = Home::new();
    let ran = connect_user(&home, &sandbox, ADELE, &["--add-scope", "Contacts.ReadWrite"]);
    let card = ran.json();
    let granted = card["granted"].as_array().unwrap();
    assert!(granted.contains(&json!("Contacts.ReadWrite")) && granted.contains(&json!("Mail.Send")), "{card}");
    let (shown, sign_in) = ran.err.split_once("Sign in with your browser").unwrap();
    assert!(
        shown.contains("Permissions that are requested:") && shown.contains("not requested: Mail.Send.Shared"),
        "{shown}"
    );
    assert!(!sign_in.contains("Permissions"));
    // Contacts were added; the settings of the mailbox were not.
    assert!(
        shown.contains("do not cover") && shown.contains("set_automatic_replies") && !shown.contains("create_contact,"),
        "{shown}"
    );

    let ran = connect_user(&home, &sandbox, ADELE, &["--json"]);
    let first: Value = serde_json::from_str(ran.err.lines().next().unwrap()).unwrap();
    assert_eq!(first["permissions"]["minimum"], json!(["User.Read", "offline_access"]));
    assert!(connect_app(&home, &sandbox, &[]).err.contains("its tenant granted"));
    assert_eq!(connect_app(&home, &sandbox, &["--quiet"]).err, "");
}

#[cfg(unix)]
#[test]
fn on_a_terminal_a_person_chooses() {
    use crate::browser::request;
    use crate::terminal::Talk;

    let sandbox = Served::start();
    let home = Home::new();
    let flags =
        ["connect", "outlook", "--method", "device_code", "--tenant", "organizations", "--client-id", seeds::PUBLIC];
    let flags = [&flags[..], &here(&sandbox)].concat();
    let marked =
        |shown: &str, mark: &str, scope: &str| shown.lines().any(|line| line.ends_with(&format!("[{mark}] {scope}")));

    let mut talk = Talk::begin(&home, &flags);
    let shown = talk.until("q stops: ");
    assert!(
        marked(&shown, "x", "User.Read") && marked(&shown, "x", "Mail.Send") && marked(&shown, " ", "People.Read"),
        "{shown}"
    );
    talk.types("q");
    let (shown, code) = talk.end();
    assert!(code != 0 && shown.contains("the sign-in was stopped"), "{shown}");
    assert_eq!(sandbox.requests(), 0, "nothing was sent");

    let number = |scope: &str, shown: &str| {
        let line = shown.lines().find(|line| line.ends_with(&format!("] {scope}"))).unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    };
    let mut talk = Talk::begin(&home, &flags);
    let shown = talk.until("q stops: ");
    talk.types("99");
    talk.until("no number of the list");
    talk.until("q stops: ");
    talk.types(&format!("{} {}", number("Mail.Send", &shown), number("People.Read", &shown)));
    let shown = talk.until("q stops: ");
    assert!(marked(&shown, " ", "Mail.Send") && marked(&shown, "x", "People.Read"), "{shown}");
    talk.types("");
    let shown = talk.until("type the code ") + &talk.until("\n");
    let (page, code) = shown.split_once("Open ").unwrap().1.split_once(" and type the code ").unwrap();
    let form = format!("user_code={}&user={ADELE}&decision=accept", code.trim());
    assert_eq!(request("POST", &url::Url::parse(page).unwrap(), &form).status, 200);
    let (shown, code) = talk.end();
    assert_eq!(code, 0, "{shown}");
    let card = home.run(&["connections", "show", "outlook"]).json();
    let granted = card["granted"].as_array().unwrap();
    assert!(granted.contains(&json!("People.Read")) && !granted.contains(&json!("Mail.Send")), "{card}");

    // Who has chosen by flags is not asked.
    let mut talk = Talk::begin(&home, &[&flags[..], &["--name", "other", "--yes"]].concat());
    assert!(!talk.until("type the code ").contains("q stops"));
}
